"""The test lab: real DNS servers, scripted faulty ones, Pebble and acmetool, all in a network,
mount and process namespace of the test's own.

A test calls enter() first: it starts the test anew inside its namespaces. See world.World for the
DNS tree, servers for the real servers, faults for the scripted ones, tap for what is printed.
"""
from .namespace import enter
from .process import Result, Running, run
from .tap import Tap
from .world import World

__all__ = ["Result", "Running", "Tap", "World", "enter", "run"]
