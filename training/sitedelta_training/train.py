"""Trains the detector on packed folders.

    python -m sitedelta_training.train --packed DIR [DIR ...] --out RUN --minutes 60

Starts --processes single-threaded processes that average their gradients (gloo), because two such processes are
faster on two cores than one process with two threads. RUN receives options.json, log.jsonl (a line every 25 steps),
last.pt (everything, every few minutes; the same command goes on from it), at_STEP.pt (the averaged weights of that
moment; `average` makes one network of them) and final.pt (the averaged weights of the end).
"""
import argparse
import json
import math
import os
import queue
import threading
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

# Before torch is loaded: each process is one thread.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing

from .augment import AugmentOptions
from .checkpoint import read_checkpoint, save_checkpoint
from .dataset import draw_batch
from .frozen_stage import FrozenStage
from .loss import LossOptions, reduce_targets, score_loss
from .network import NetworkOptions, build_detector
from .packed import open_packed
from .style_mixing import mix_styles

LOG_EVERY = 25


@dataclass(frozen=True)
class TrainOptions:
    """minutes: wall time of the schedule over all resumptions; steps: bounds it by steps instead when not 0.

    batch: pairs per process and step. rate: peak learning rate of pyramid and heads; encoder_rate: that of blocks 5
    to 14, as a share of it. warmup: share of the schedule. last_rate: share of the peak that a cosine falls to; networks
    trained down to 2 % knew rendered scenes better and real ones worse (RUNS.md), so averaging the weights has to
    calm them instead. average: EMA decay. both_ways: also trains `removed` directly
    (about a third slower; otherwise date order alone teaches it). style_mixing: share of the pairs whose features take the
    style of others (style_mixing). start: checkpoint whose averaged weights to begin
    from.
    """

    minutes: float = 60.0
    steps: int = 0
    batch: int = 12
    rate: float = 2e-3
    encoder_rate: float = 0.15
    warmup: float = 0.05
    last_rate: float = 0.7
    average: float = 0.999
    weight_decay: float = 1e-2
    both_ways: bool = False
    style_mixing: float = 0.0
    seed: int = 0
    save_minutes: float = 4.0
    start: str = ""


def train(rank, world, port, packed, out, options, network_options, augment_options):
    """One of `world` training processes; process 0 logs and saves."""
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    if world > 1:
        dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=world)
    sets = [open_packed(folder) for folder in packed]
    last = out / "last.pt"
    resumed = read_checkpoint(last) if last.exists() else None
    network_options = NetworkOptions(**resumed["options"]) if resumed else network_options
    detector = build_detector(network_options, images=None if resumed else kernel_images(sets))
    load_weights(detector, resumed or (read_checkpoint(options.start) if options.start else None))
    network = detector.trained.to(memory_format=torch.channels_last).train()
    optimizer = make_optimizer(network, options)
    averaged = {name: value.detach().clone() for name, value in network.state_dict().items()}
    step, spent = 0, 0.0
    if resumed:
        state = resumed["training"]
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        averaged, step, spent = resumed["averaged"], state["step"], state["seconds"]
    peaks = [group["peak"] for group in optimizer.param_groups]
    loss_options = LossOptions(head_weights=(0.5, 0.5, 0.5, 0.5, 0.25, 0.25)) if options.both_ways else LossOptions()
    stage = FrozenStage(detector.frozen)
    batches = prefetch(lambda at: draw_batch(sets, at, options.batch, options.seed, augment_options, rank, world), step)
    about = {"packed": [f"{one.folder.name}: {one.provenance}" for one in sets], "pairs": sum(map(len, sets)), **asdict(options)}
    log = RunLog(out, rank)
    started = saved = time.time()
    while True:
        seconds = spent + time.time() - started
        done = agree(step / options.steps if options.steps else seconds / (options.minutes * 60), world)
        if done >= 1:
            break
        for group, peak in zip(optimizer.param_groups, peaks):
            group["lr"] = peak * schedule(done, options.warmup, options.last_rate)
        batch = next(batches)
        targets, weights = reduce_targets(batch.targets, batch.weights, network_options.output_stride)
        taps = stage(batch.images)
        if options.style_mixing:
            taps = mix_styles(taps, options.style_mixing, (options.seed * world + rank) << 32 | step)
        logits = network(taps, with_removed=options.both_ways)
        loss, parts = score_loss(logits, targets, weights, loss_options)
        optimizer.zero_grad()
        loss.backward()
        average_gradients(network, world)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        step += 1
        update_average(averaged, network, min(options.average, (1 + step) / (10 + step)))
        log.add(step, step * options.batch * world, spent + time.time() - started, done, float(loss.detach()), parts)
        if rank == 0 and time.time() - saved > options.save_minutes * 60:
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "seconds": spent + time.time() - started}
            said = {**about, "trained_steps": step}
            save_checkpoint(last, network_options, detector.frozen.state_dict(), averaged, said, state)
            save_checkpoint(out / f"at_{step:06}.pt", network_options, detector.frozen.state_dict(), averaged, said)
            saved = time.time()
    if rank == 0:
        state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "seconds": seconds}
        about = {**about, "trained_steps": step, "trained_pairs": step * options.batch * world, "trained_seconds": round(seconds)}
        save_checkpoint(last, network_options, detector.frozen.state_dict(), averaged, about, state)
        save_checkpoint(out / "final.pt", network_options, detector.frozen.state_dict(), averaged, about)
        print(f"{out / 'final.pt'}: {step} steps, {seconds / 60:.1f} minutes", flush=True)
    if world > 1:
        dist.barrier()
        dist.destroy_process_group()


def kernel_images(sets, count=16):
    """Images (count, 3, H, W) float32 RGB from the first set, half of each date, for kernel_fit."""
    at = np.linspace(0, len(sets[0]) - 1, count // 2).astype(int)
    images = np.concatenate([sets[0].before[at], sets[0].after[at]])
    return torch.from_numpy(images).permute(0, 3, 1, 2).float()


def load_weights(detector, content):
    """Puts a checkpoint's frozen and averaged weights into the detector; does nothing without one."""
    if content:
        detector.frozen.load_state_dict(content["frozen"])
        detector.trained.load_state_dict(content["averaged"])


def make_optimizer(network, options):
    """AdamW with the lower encoder rate, and no weight decay on biases and norms."""
    encoder = {id(parameter) for parameter in network.blocks.parameters()}
    groups = []
    for is_encoder in (True, False):
        for is_matrix in (True, False):
            chosen = [p for p in network.parameters() if (id(p) in encoder) == is_encoder and (p.ndim > 1) == is_matrix]
            peak = options.rate * (options.encoder_rate if is_encoder else 1.0)
            groups.append({"params": chosen, "lr": peak, "peak": peak, "weight_decay": options.weight_decay if is_matrix else 0.0})
    return torch.optim.AdamW(groups)


def schedule(done, warmup, last):
    """Share of the peak rate at `done` in 0..1 of the schedule: linear warm-up, then a cosine down to `last`."""
    return min(1.0, done / warmup) * (last + (1 - last) * 0.5 * (1 + math.cos(math.pi * done)))


def agree(value, world):
    """Process 0's value, so that all processes follow one clock."""
    if world == 1:
        return value
    shared = torch.tensor([value], dtype=torch.float64)
    dist.broadcast(shared, 0)
    return float(shared)


def average_gradients(network, world):
    """Replaces each gradient by its mean over the processes, in one exchange."""
    if world == 1:
        return
    parameters = [p for p in network.parameters() if p.grad is not None]
    flat = torch.cat([p.grad.reshape(-1) for p in parameters])
    dist.all_reduce(flat)
    flat /= world
    at = 0
    for parameter in parameters:
        parameter.grad.copy_(flat[at : at + parameter.numel()].view_as(parameter))
        at += parameter.numel()


@torch.no_grad()
def update_average(averaged, network, decay):
    """Exponential moving average of weights and of batch-norm statistics (process 0's)."""
    for name, value in network.state_dict().items():
        if value.dtype.is_floating_point:
            averaged[name].lerp_(value, 1 - decay)
        else:
            averaged[name].copy_(value)


def prefetch(make, step, depth=2):
    """Yields make(step), make(step + 1), … made one ahead in a thread (NumPy and OpenCV release the interpreter)."""
    ready = queue.Queue(depth)

    def fill():
        try:
            for at in range(step, 1 << 62):
                ready.put(make(at))
        except Exception as error:
            ready.put(error)

    threading.Thread(target=fill, daemon=True).start()
    while True:
        batch = ready.get()
        if isinstance(batch, Exception):
            raise batch
        yield batch


class RunLog:
    """Appends running means to log.jsonl and prints them; silent but in process 0."""

    def __init__(self, out, rank):
        self.path, self.rank, self.rows, self.mark = out / "log.jsonl", rank, [], None

    def add(self, step, pairs, seconds, done, loss, parts):
        if self.rank:
            return
        self.mark = self.mark or (pairs, seconds)
        self.rows.append([loss] + [value for part in parts.values() for value in part])
        if step % LOG_EVERY:
            return
        mean = np.mean(self.rows, 0).round(4).tolist()
        names = ["loss"] + [f"{head}_{kind}" for head in parts for kind in ("entropy", "dice")]
        speed = (pairs - self.mark[0]) / max(seconds - self.mark[1], 1e-9)
        line = {"step": step, "pairs": pairs, "seconds": round(seconds, 1), "done": round(done, 4), "pairs_per_second": round(speed, 1), **dict(zip(names, mean))}
        with open(self.path, "a") as file:
            file.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)
        self.rows, self.mark = [], (pairs, seconds)


def add_fields(parser, kind):
    """One command-line option per field of an options class."""
    for field in fields(kind):
        name = "--" + field.name.replace("_", "-")
        if isinstance(field.default, bool):
            parser.add_argument(name, action=argparse.BooleanOptionalAction, default=field.default)
        else:
            parser.add_argument(name, type=type(field.default), default=field.default)


def take_fields(given, kind):
    """The options class filled from parsed arguments."""
    return kind(**{field.name: getattr(given, field.name) for field in fields(kind)})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packed", nargs="+", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--port", type=int, default=29511)
    for kind in (TrainOptions, NetworkOptions, AugmentOptions):
        add_fields(parser, kind)
    given = parser.parse_args()
    for folder in given.packed:
        open_packed(folder)
    given.out.mkdir(parents=True, exist_ok=True)
    chosen = [take_fields(given, kind) for kind in (TrainOptions, NetworkOptions, AugmentOptions)]
    (given.out / "options.json").write_text(json.dumps({"packed": list(map(str, given.packed)), **{k: v for one in chosen for k, v in asdict(one).items()}}, indent=1))
    arguments = (given.processes, given.port, given.packed, given.out, *chosen)
    if given.processes == 1:
        train(0, *arguments)
    else:
        multiprocessing.spawn(train, arguments, given.processes)


if __name__ == "__main__":
    main()
