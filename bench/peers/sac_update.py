"""Updates of soft actor-critic a second in PyTorch: the same networks, batch, losses, optimizer and target update as
src/agents/sac.ts, without an environment, a replay memory or acting. Prints one JSON object.

Written as PyTorch users write it: modules, autograd, one Adam for each part, the critics frozen while the actor learns.
"""
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional


def network(inputs, outputs, hidden):
    layers = []
    for width in hidden:
        layers += [nn.Linear(inputs, width), nn.ReLU()]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))


def draw(actor, observation):
    mean, log_deviation = actor(observation).chunk(2, dim=1)
    log_deviation = log_deviation.clamp(-20, 2)
    noise = torch.randn_like(mean)
    drawn = mean + log_deviation.exp() * noise
    log_probability = -0.5 * noise.square() - log_deviation - 0.5 * math.log(2 * math.pi)
    log_probability = log_probability - 2 * (math.log(2) - drawn - functional.softplus(-2 * drawn))
    return drawn.tanh(), log_probability.sum(1, keepdim=True)


def main():
    asked = json.loads(sys.argv[1])
    threads, batch, hidden = asked["threads"], asked["batch"], asked["hidden"]
    observed, acted, seconds = asked["observation"], asked["action"], asked["seconds"]
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    actor = network(observed, 2 * acted, hidden)
    critics = [network(observed + acted, 1, hidden) for _ in range(2)]
    targets = [network(observed + acted, 1, hidden) for _ in range(2)]
    for critic, target in zip(critics, targets):
        target.load_state_dict(critic.state_dict())
    learned = [p for critic in critics for p in critic.parameters()]
    followed = [p for target in targets for p in target.parameters()]
    log_alpha = torch.zeros(1, requires_grad=True)
    options = {"lr": 3e-4, "foreach": asked["foreach"]}
    by_critics = torch.optim.Adam(learned, **options)
    by_actor = torch.optim.Adam(actor.parameters(), **options)
    by_temperature = torch.optim.Adam([log_alpha], **options)
    observation, following = torch.randn(batch, observed), torch.randn(batch, observed)
    action, reward = torch.rand(batch, acted) * 2 - 1, torch.randn(batch, 1)
    going_on = torch.ones(batch, 1)

    def update():
        alpha = log_alpha.detach().exp()
        with torch.no_grad():
            next_action, next_log_probability = draw(actor, following)
            judged = torch.cat([following, next_action], 1)
            worth = torch.min(targets[0](judged), targets[1](judged)) - alpha * next_log_probability
            goal = reward + 0.99 * going_on * worth
        judged = torch.cat([observation, action], 1)
        loss = sum(0.5 * functional.mse_loss(critic(judged), goal) for critic in critics)
        by_critics.zero_grad()
        loss.backward()
        by_critics.step()
        for parameter in learned:
            parameter.requires_grad_(False)
        chosen, log_probability = draw(actor, observation)
        judged = torch.cat([observation, chosen], 1)
        loss = (alpha * log_probability - torch.min(critics[0](judged), critics[1](judged))).mean()
        by_actor.zero_grad()
        loss.backward()
        by_actor.step()
        for parameter in learned:
            parameter.requires_grad_(True)
        loss = -(log_alpha * (log_probability.detach() - acted)).mean()
        by_temperature.zero_grad()
        loss.backward()
        by_temperature.step()
        with torch.no_grad():
            for parameter, target in zip(learned, followed):
                target.lerp_(parameter, 0.005)

    for _ in range(20):
        update()
    done, began, worked = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        update()
        done += 1
    spent, worked = time.perf_counter() - began, time.process_time() - worked
    figures = {"updatesPerSecond": done / spent, "cpuMilliseconds": 1000 * worked / done}
    print(json.dumps({**figures, "torch": torch.__version__, "threads": threads}))


main()
