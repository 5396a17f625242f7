"""Whose turn it is to build a page of a case: one thread in each process.

Threads of a process share one processor, and a page of a long case is much work: with eight at once, any other page
would wait for all of them. In turn they take as long, and a list or the acute page shares with one. What waits for
something else, as what writes or prints does, is not in the queue.
"""

from threading import RLock

PAGE_QUEUE = RLock()
