"""What goes round in circles: tables, indicators or groupings each made of the next."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence


def find_cycles(graph: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """One shortest cycle for each group of things that depend on one another, from its first name.

    ``graph`` gives what each thing reads; names that are not its keys are ignored.
    """
    edges = {name: [other for other in others if other in graph] for name, others in graph.items()}
    tangled = _without_loose_ends(edges)
    told: set[str] = set()
    for name in sorted(tangled):
        if name in told:
            continue
        cycle = _shortest_cycle(name, tangled)
        if cycle:
            told |= {other for other in _reached(name, tangled) if name in _reached(other, tangled)}
            yield tuple(cycle)


def _without_loose_ends(edges: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What is left when everything that reads nothing more has been taken away, again and again."""
    readers: dict[str, list[str]] = {name: [] for name in edges}
    waiting = {name: len(set(others)) for name, others in edges.items()}
    for name, others in edges.items():
        for other in set(others):
            readers[other].append(name)
    free = deque(name for name, count in waiting.items() if count == 0)
    while free:
        gone = free.popleft()
        del waiting[gone]
        for reader in readers[gone]:
            waiting[reader] -= 1
            if waiting[reader] == 0:
                free.append(reader)
    return {name: [other for other in edges[name] if other in waiting] for name in waiting}


def _reached(start: str, edges: Mapping[str, Sequence[str]]) -> set[str]:
    seen: set[str] = set()
    pending = [start]
    while pending:
        for other in edges[pending.pop()]:
            if other not in seen:
                seen.add(other)
                pending.append(other)
    return seen


def _shortest_cycle(start: str, edges: Mapping[str, Sequence[str]]) -> list[str]:
    """The names of the shortest way from ``start`` back to it; empty when there is none."""
    came_from: dict[str, str] = {}
    pending = deque([start])
    while pending:
        name = pending.popleft()
        for other in edges[name]:
            if other == start:
                way = [name]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if other not in came_from:
                came_from[other] = name
                pending.append(other)
    return []
