"""How many requests are on their way at once: never more than allowed, fewer after a 429, then more again."""

import asyncio

import pytest

from interviewer.errors import ModelRefused, ModelUnavailable
from interviewer.models import Ask, Message, Reply, Usage
from interviewer.models.faults import Address, by_status
from interviewer.models.pace import Paced

ASK = Ask((Message("user", "?"),))


class Server:
    """Takes so many requests at once and refuses the rest."""

    name = "server"
    parameters: dict[str, object] = {"endpoint": "here"}  # noqa: RUF012

    def __init__(self, takes: int, status: int = 429) -> None:
        self.takes, self.status = takes, status
        self.inside, self.most, self.refused = 0, 0, 0

    async def complete(self, ask: Ask) -> Reply:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            too_many = self.inside > self.takes
            await asyncio.sleep(0.001)
            if too_many:
                self.refused += 1
                raise by_status(self.status, "slow down", Address("server", "here"), {})
            return Reply("yes", "server", Usage(), 0.001)
        finally:
            self.inside -= 1


async def asked(paced: Paced, times: int) -> list[Reply | BaseException]:
    return await asyncio.gather(*(paced.complete(ASK) for _ in range(times)), return_exceptions=True)


@pytest.mark.parametrize("at_once", [1, 4])
async def test_no_more_than_allowed_are_on_their_way(at_once: int) -> None:
    server = Server(takes=100)
    replies = await asked(Paced(server, at_once), 20)
    assert server.most == at_once and all(isinstance(r, Reply) for r in replies)


async def test_a_burst_of_refusals_halves_the_limit_once() -> None:
    server = Server(takes=0)
    paced = Paced(server, 32)
    await asked(paced, 32)
    assert server.refused == 32 and paced.limit == 16
    await asked(paced, 16)
    assert paced.limit == 8


async def test_the_limit_settles_at_what_the_server_takes_and_grows_again() -> None:
    server = Server(takes=4)
    paced = Paced(server, 32)
    for _ in range(40):
        await asked(paced, 8)
    assert 2 <= paced.limit <= 8, "near what it takes"
    refused = server.refused
    server.takes = 100
    for _ in range(200):
        await asked(paced, 32)
    assert paced.limit == 32 and server.refused == refused


async def test_the_limit_never_falls_below_one_and_other_faults_do_not_lower_it() -> None:
    paced = Paced(Server(takes=0), 1)
    for _ in range(5):
        await asked(paced, 1)
    assert paced.limit == 1
    broken = Paced(Server(takes=0, status=500), 8)
    errors = await asked(broken, 8)
    assert broken.limit == 8 and all(isinstance(e, ModelUnavailable) and not e.is_rate_limited for e in errors)
    refusing = Paced(Server(takes=0, status=400), 8)
    assert all(isinstance(e, ModelRefused) for e in await asked(refusing, 8)) and refusing.limit == 8


async def test_one_that_is_ended_while_it_waits_leaves_its_place_to_the_next() -> None:
    server = Server(takes=100)
    paced = Paced(server, 1)
    first, second, third = (asyncio.ensure_future(paced.complete(ASK)) for _ in range(3))
    await asyncio.sleep(0)
    second.cancel()
    assert isinstance(await first, Reply) and isinstance(await asyncio.wait_for(third, 1), Reply)
    assert (paced.name, paced.parameters) == ("server", {"endpoint": "here"})
    await paced.aclose()
