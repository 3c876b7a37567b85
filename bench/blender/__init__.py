"""The same shot in Blender, for `vs_blender.py`. What imports bpy runs in a process of its own."""
