"""How a building is cut: plan of its elements, Voronoi cells, bonds and render mesh."""
