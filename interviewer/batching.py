"""A run whose requests go out in batches: what is asked, when a file is sent, when its replies are here.

The replies are judged by the same grader, in the same `evaluate.run`, as those of a live run.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from interviewer import runs
from interviewer.batchfolder import BatchFolder, RequestFile, Sent
from interviewer.errors import InputError
from interviewer.example import Example
from interviewer.grader import Grader
from interviewer.judges import ModelJudge
from interviewer.models import Ask
from interviewer.models.openai_batch import ENDED, OpenAIBatch

FAILED = "failed"
"""What a batch is called of which nothing was done."""


async def asks(grader: Grader, examples: Sequence[Example], trials: int) -> AsyncIterator[Ask]:
    """Everything that a run asks a model when every reply is in form. An answer that no model is asked about (the gate
    stops it, or it is too long) has none; the run grades it all the same.

    Raises:
        InputError: another judge than a language model.
        ModelError: passages cannot be retrieved.
    """
    if not isinstance(grader.judge, ModelJudge):
        raise InputError("only a language model is asked in batches; name one with --model")
    for example in examples:
        try:
            task = await grader.task(example.item, example.answer, example.rubric)
            wanted = grader.judge.asks(task) if task else ()
        except InputError:
            continue
        for number in range(1, trials + 1):
            for ask in wanted:
                yield replace(ask, trial=number)


async def submit(folder: BatchFolder, model: OpenAIBatch, again: bool = False) -> list[RequestFile]:
    """Sends every file that has not been sent; returns those sent now.

    What the server was told last is on the disk before it is told the next thing, so that a file is never worked
    through twice: where a process died, or no answer came, after a batch was asked for, it is looked for first.

    Args:
        again: those whose batch failed as a whole, too.

    Raises:
        InputError: no batch there, or it was written for another server.
        ModelError: the server did not take a file; the rest can be sent later.
    """
    sent, now = folder.load(), []
    _same_server(folder, model)
    for file in sent.files:
        if again and file.status == FAILED:
            file.file_id = file.batch_id = file.status = file.said = ""
        if file.batch_id:
            continue
        may_be_made = bool(file.file_id)
        if not may_be_made:
            file.file_id = await model.upload(file.name, folder.requests(file).read_bytes())
            folder.save(sent)
        file.batch_id = (await model.batch_of(file.file_id) if may_be_made else "") or await model.create(file.file_id)
        folder.save(sent)
        now.append(file)
    return now


async def fetch(folder: BatchFolder, model: OpenAIBatch) -> Sent:
    """How far each file is; keeps what has come back of those that have ended.

    Raises:
        InputError: no batch there, one that has not been sent whole, or one of another server.
        ModelError: the server does not say.
    """
    sent = folder.load()
    _same_server(folder, model)
    if unsent := [file.name for file in sent.files if not file.batch_id]:
        raise InputError(f"{unsent[0]} has not been sent; run `interviewer eval batch submit {folder.run}`")
    for file in sent.files:
        if file.status in ENDED:
            continue
        state = await model.state(file.batch_id)
        for kind, file_id in (("output", state.output_file), ("errors", state.error_file)):
            if file_id and state.status in ENDED:
                await folder.keep(file, kind, model.content(file_id), model.clean)
        file.status, file.done, file.said = state.status, state.done, state.said
        folder.save(sent)
    return sent


async def take_in(folder: BatchFolder, model: OpenAIBatch, wanted: AsyncIterator[Ask]) -> int:
    """Records every reply that came back; the number of asks without one that can be used."""
    replies, lost = folder.replies(folder.load()), 0
    async for ask in wanted:
        lost += model.take(ask, replies.line(model.id_of(ask))) is not None
    return lost


def _same_server(folder: BatchFolder, model: OpenAIBatch) -> None:
    there, here = runs.described(folder.run).parameters.get("endpoint"), model.parameters["endpoint"]
    if there != here:
        raise InputError(
            f"{folder.run} was written for {there}, not for {here}; set INTERVIEWER_BASE_URL as it was then"
        )
