"""What stands, in a page, for packages that WebAssembly has no build of, or that are heavy.

Each file goes there under its own name, as a module at the top.
"""
