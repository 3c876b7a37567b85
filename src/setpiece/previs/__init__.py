"""A screenplay seen before it is shot: stagings, shot list, boards, animatic."""
