package dev.longshore.runtime.cri.server;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.Conversation;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.cri.CriMethods;
import dev.longshore.runtime.cri.proto.ContainerEventResponse;
import dev.longshore.runtime.cri.proto.ContainerEventType;
import dev.longshore.runtime.cri.proto.GetEventsRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// Tells what happens to containers and sandboxes, by comparing what is with what was: at once when it came by CRI or
/// is an end, else within a second. Each listener has its own comparison, so a slow one holds up nobody and nothing is
/// kept for it; what comes and goes while it does not listen it never hears of.
final class EventCalls {

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final List<ContainerEventType> LIFE = List.of(
            ContainerEventType.CONTAINER_CREATED_EVENT,
            ContainerEventType.CONTAINER_STARTED_EVENT,
            ContainerEventType.CONTAINER_STOPPED_EVENT,
            ContainerEventType.CONTAINER_DELETED_EVENT);

    private final NodeRuntime runtime;
    private final Told told;
    private final Bell bell;
    private final Time time;

    EventCalls(NodeRuntime runtime, Told told, Bell bell, Time time) {
        this.runtime = runtime;
        this.told = told;
        this.bell = bell;
        this.time = time;
    }

    void offer(GrpcService service) {
        service.answersMany(CriMethods.GET_CONTAINER_EVENTS, this::follow);
    }

    private void follow(GetEventsRequest request, Conversation<GetEventsRequest, ContainerEventResponse> to)
            throws InterruptedException {
        Semaphore news = bell.join();
        try {
            Map<String, Stage> known = look();
            while (true) {
                Time.Timer timer = time.schedule(PERIOD, news::release);
                try {
                    news.acquire();
                    news.drainPermits();
                } finally {
                    timer.cancel();
                }
                Map<String, Stage> now = look();
                for (ContainerEventResponse event : changes(known, now)) {
                    to.send(event);
                }
                known = now;
            }
        } finally {
            bell.leave(news);
        }
    }

    private Map<String, Stage> look() {
        var all = new LinkedHashMap<String, Stage>();
        for (SandboxStatus sandbox : runtime.sandboxes().list()) {
            // A sandbox has no process that could only have been made.
            all.put(sandbox.id(), new Stage(sandbox.id(), sandbox.state() == SandboxStatus.State.READY ? 2 : 3));
        }
        for (ContainerStatus container : runtime.containers().list()) {
            int reached =
                    switch (container.state()) {
                        case CREATED -> 1;
                        case RUNNING -> 2;
                        case EXITED, UNKNOWN -> 3;
                    };
            all.put(container.id(), new Stage(container.sandboxId(), reached));
        }
        return all;
    }

    private List<ContainerEventResponse> changes(Map<String, Stage> before, Map<String, Stage> now) {
        var events = new ArrayList<ContainerEventResponse>();
        now.forEach((id, stage) -> {
            int reached = before.containsKey(id) ? before.get(id).reached() : 0;
            LIFE.subList(Math.min(reached, stage.reached()), stage.reached())
                    .forEach(type -> events.add(event(id, stage.sandboxId(), type)));
        });
        before.forEach((id, stage) -> {
            if (!now.containsKey(id)) {
                LIFE.subList(stage.reached() == 2 ? 2 : 3, LIFE.size())
                        .forEach(type -> events.add(event(id, stage.sandboxId(), type)));
            }
        });
        return events;
    }

    private ContainerEventResponse event(String id, String sandboxId, ContainerEventType type) {
        var event = ContainerEventResponse.newBuilder()
                .setContainerId(id)
                .setContainerEventType(type)
                .setCreatedAt(Told.nanos(time.now()));
        runtime.sandboxes().status(sandboxId).map(Told::status).ifPresent(event::setPodSandboxStatus);
        runtime.containers().list().stream()
                .filter(container -> container.sandboxId().equals(sandboxId))
                .map(container -> told.status(container, runtime.containers().user(container.id())))
                .forEach(event::addContainersStatuses);
        return event.build();
    }

    /// How many events of [#LIFE] something has behind it.
    private record Stage(String sandboxId, int reached) {}
}
