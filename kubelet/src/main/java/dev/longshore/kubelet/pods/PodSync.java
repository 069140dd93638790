package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.devices.DeviceException;
import dev.longshore.kubelet.probes.ContainerProbes;
import dev.longshore.kubelet.volumes.MountedVolume;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.VolumeEvent;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.SandboxStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One pod's way from admission to its end. Level-triggered: each call looks at what is, takes the steps that
/// can be taken at once, and tells when to look again; nothing depends on having seen every change. Confined to
/// the worker's thread; what would block for long (pulls, hooks, stops) runs aside and wakes the worker.
final class PodSync {

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);
    private static final Duration RESYNC = Duration.ofSeconds(60);

    private final PodServices node;
    private final Runnable wake;
    private final PodState state;
    private final Hooks hooks;
    private final ContainerStarter starter;
    private final PodStop stops;
    private final Resizes resizes;
    private final Moves moves;
    private final StatusBuilder statuses;
    private final StatusPublisher publisher;
    private Duration retry = FIRST_RETRY;
    private Alarm alarm = new Alarm();

    PodSync(PodServices node, PodState state, Runnable wake) {
        this.node = node;
        this.wake = wake;
        this.state = state;
        this.hooks = new Hooks(node);
        this.starter = new ContainerStarter(node, hooks, wake);
        this.stops = new PodStop(node, state, hooks, wake);
        this.resizes = new Resizes(node, state, stops);
        this.moves = new Moves(node, state);
        this.statuses = new StatusBuilder(node);
        this.publisher = new StatusPublisher(node.api(), node.time());
    }

    PodState state() {
        return state;
    }

    /// Takes what steps can be taken towards what `pod` asks for; returns when to look again.
    Optional<Instant> sync(Pod pod) throws InterruptedException {
        alarm = new Alarm();
        Optional<ResizeState> resizing = state.resizing;
        state.pod = resizes.granted(pod, alarm);
        boolean isNews = observe() || !resizing.equals(state.resizing);
        if (isNews && state.verdict.isEmpty() && !state.isFinished()) {
            // It may run again in a moment: that it did not must be known, since being ready begins anew.
            publisher.publish(state, statuses.of(state, false));
        }
        if (!state.released) {
            admit();
            checkDeadline();
            if (state.verdict.isEmpty() && state.startsOver()) {
                startOver();
            } else if (state.verdict.isPresent() || state.isFinished()) {
                windDown();
            } else {
                converge();
            }
            alarm.by(node.time().now().plus(RESYNC));
        }
        publisher.publish(state, statuses.of(state, false));
        publisher.nextLook(state).ifPresent(alarm::by);
        return alarm.at();
    }

    /// Decides that the pod fails, for the node's sake; the next sync ends it.
    void end(EndOrder order) {
        if (state.verdict.isEmpty() && !state.released) {
            state.verdict = Optional.of(new PodState.Verdict(order.reason(), order.message()));
            state.isDisrupted = order.isDisruption();
            if (order.reason().equals(EndOrder.EVICTED)) {
                node.events().warning(state.pod, EndOrder.EVICTED, order.message(), order.annotations());
            }
        }
        state.orderedGrace = Optional.of(order.grace());
    }

    /// Ends the pod within `grace`; true when nothing of it is left.
    boolean terminate(Pod pod, Duration grace, boolean isKnownToServer) throws InterruptedException {
        state.pod = resizes.granted(pod, alarm);
        observe();
        state.records.values().forEach(record -> record.pull = Optional.empty());
        if (!stops.all(grace)) {
            if (isKnownToServer) {
                publisher.publish(state, statuses.of(state, false));
            }
            return false;
        }
        unprepare(isKnownToServer);
        if (isKnownToServer) {
            publisher.publish(state, statuses.of(state, true));
        }
        stops.cleanUp();
        if (isKnownToServer) {
            node.api().delete(pod);
        }
        return true;
    }

    /// Stops everything within `grace` and leaves the pod with the server as it is; true when nothing is left.
    boolean shutDown(Duration grace) throws InterruptedException {
        observe();
        if (!stops.all(grace)) {
            return false;
        }
        stops.cleanUp();
        return true;
    }

    /// Lets go of what only this process holds; containers go on.
    void close() {
        state.records.values().forEach(record -> {
            record.probes.ifPresent(ContainerProbes::close);
            record.postStart.ifPresent(Background::cancel);
        });
    }

    /// True if a container has ended since the last look.
    private boolean observe() throws InterruptedException {
        boolean anyEnded = false;
        state.sandbox =
                state.sandbox.flatMap(sandbox -> node.runtime().sandboxes().status(sandbox.id()));
        state.sandbox.ifPresent(this::annotate);
        for (Declared declared : Declared.of(state.pod)) {
            ContainerRecord record = state.record(declared);
            if (record.id.isEmpty() || record.ended.isPresent()) {
                continue;
            }
            Optional<ContainerStatus> status = node.runtime().containers().status(record.id);
            if (status.isEmpty()) {
                record.end(Ended.unknown(
                        node.containerId(record.id), "The container could not be located when the pod was observed"));
                anyEnded = true;
                continue;
            }
            switch (status.get().state()) {
                case RUNNING -> record.running = status;
                case EXITED, UNKNOWN -> {
                    Optional<String> hookFailure = record.hookFailure;
                    record.end(ended(declared, record, status.get()));
                    record.waiting = hookFailure
                            .filter(why -> state.restarts(declared))
                            .map(why -> new ContainerRecord.Waiting("PostStartHookError", why));
                    anyEnded = true;
                }
                case CREATED -> record.running = Optional.empty();
            }
        }
        return anyEnded;
    }

    private void annotate(SandboxStatus sandbox) {
        Map<String, String> now =
                Optional.ofNullable(state.pod.getMetadata().getAnnotations()).orElse(Map.of());
        if (!now.equals(sandbox.spec().annotations())) {
            node.runtime().sandboxes().annotate(sandbox.id(), now);
        }
    }

    private Ended ended(Declared declared, ContainerRecord record, ContainerStatus status) {
        String words = node.files()
                .lastWords(
                        state.pod.getMetadata().getUid(),
                        declared,
                        record.attempt,
                        status.exitCode().orElse(0),
                        status.logFile());
        String message = status.message().isEmpty() || words.isEmpty()
                ? status.message() + words
                : status.message() + ": " + words;
        return Ended.of(status, node.containerId(record.id), message);
    }

    private void tell(VolumeEvent event) {
        if (event.isProblem()) {
            node.events().warning(state.pod, event.reason(), event.message());
        } else {
            node.events().normal(state.pod, event.reason(), event.message());
        }
    }

    private void admit() throws InterruptedException {
        if (state.admitted) {
            return;
        }
        Optional<NodeAdmission.Refusal> refusal = new SecurityAdmission(node.settings())
                .admit(state.pod)
                .or(() -> node.admission().admit(state.pod));
        if (refusal.isEmpty()) {
            refusal = node.placements().admit(state.pod);
        }
        if (refusal.isEmpty() && node.shutdown().isUnderWay()) {
            refusal = Optional.of(
                    new NodeAdmission.Refusal("NodeShutdown", "Pod was rejected as the node is shutting down."));
        }
        state.admitted = true;
        if (state.startTime.isEmpty()) {
            state.startTime = Optional.of(node.time().now());
        }
        refusal.ifPresent(why -> {
            state.verdict = Optional.of(new PodState.Verdict(why.reason(), "Pod was rejected: " + why.message()));
            node.events().warning(state.pod, why.reason(), why.message());
        });
    }

    private void checkDeadline() {
        Long limit = state.pod.getSpec().getActiveDeadlineSeconds();
        if (limit == null || state.startTime.isEmpty() || state.verdict.isPresent() || state.isFinished()) {
            return;
        }
        Instant deadline = state.startTime.get().plusSeconds(limit);
        if (deadline.isAfter(node.time().now())) {
            alarm.by(deadline);
            return;
        }
        String message = "Pod was active on the node longer than the specified deadline";
        state.verdict = Optional.of(new PodState.Verdict("DeadlineExceeded", message));
        node.events().normal(state.pod, "DeadlineExceeded", message);
    }

    /// Nothing shall run any more: gives back what the pod holds, but keeps its statuses and logs until it is
    /// deleted.
    private void windDown() throws InterruptedException {
        long grace = Optional.ofNullable(state.pod.getSpec().getTerminationGracePeriodSeconds())
                .orElse(30L);
        if (!stops.all(state.orderedGrace.orElse(Duration.ofSeconds(grace)))) {
            return;
        }
        unprepare(true);
        node.admission().release(state.pod.getMetadata().getUid());
        node.placements().release(state.pod.getMetadata().getUid());
        node.resizes().gone(state.pod.getMetadata().getUid());
        // Whatever becomes of its network and volumes: it has ended.
        publisher.publish(state, statuses.of(state, false));
        stops.release();
        if (state.verdict.filter(why -> why.reason().equals(EndOrder.EVICTED)).isPresent()) {
            // What they wrote is what the node is short of.
            stops.discardContainers();
        }
        state.released = true;
    }

    /// Gives back the pod's devices, before it is known to have ended: others may have them then. When that fails it is
    /// known at once how its containers ended, and no more.
    private void unprepare(boolean isKnownToServer) throws InterruptedException {
        try {
            node.devices().unprepare(state.pod);
        } catch (DeviceException stuck) {
            if (isKnownToServer) {
                publisher.publish(state, statuses.held(state));
            }
            throw stuck;
        }
    }

    /// A rule of some container asks for all of the pod to begin anew, in the sandbox and with the volumes that it
    /// has: kills what runs, and forgets what has ended.
    private void startOver() throws InterruptedException {
        for (Declared declared : Declared.of(state.pod)) {
            ContainerRecord record = state.record(declared);
            if (declared.role() != Declared.Role.EPHEMERAL && record.isRunning() && record.stop.isEmpty()) {
                stops.one(declared, record, "killing", Optional.of(Duration.ZERO));
            }
        }
        if (!state.anyRunning(Declared.Role.EPHEMERAL)) {
            stops.forgetContainers();
            state.initialized = false;
            alarm.by(node.time().now());
        }
    }

    private void converge() throws InterruptedException {
        while (!state.unstarted.isEmpty()) {
            node.runtime().containers().remove(state.unstarted.getLast());
            state.unstarted.removeLast();
        }
        Map<String, MountedVolume> volumes;
        try {
            volumes = node.volumes().mount(context());
        } catch (VolumeException missing) {
            missing.retryAt().ifPresentOrElse(alarm::by, this::tryAgain);
            return;
        } finally {
            node.volumes().news(state.pod.getMetadata().getUid()).forEach(this::tell);
        }
        if (!ensureSandbox()) {
            return;
        }
        retry = FIRST_RETRY;
        resizes.actuate(alarm);
        moves.make(alarm);
        PodContext context = context();
        List<Declared> all = Declared.of(state.pod);
        for (Declared declared : all) {
            if (declared.role() == Declared.Role.EPHEMERAL) {
                maintain(declared, context, volumes);
            }
        }
        if (!initialize(all, context, volumes)) {
            return;
        }
        state.initialized = true;
        for (Declared declared : all) {
            if (declared.role() == Declared.Role.MAIN && !maintain(declared, context, volumes)) {
                return;
            }
        }
    }

    private PodContext context() {
        return new PodContext(
                state.pod,
                Boolean.TRUE.equals(state.pod.getSpec().getHostNetwork())
                        ? node.settings().hostAddresses()
                        : state.addresses(),
                node.settings().hostAddresses(),
                node.allocatable().get());
    }

    private boolean ensureSandbox() throws InterruptedException {
        boolean stands = state.sandbox
                .map(sandbox -> sandbox.state() == SandboxStatus.State.READY)
                .orElse(false);
        if (stands) {
            return true;
        }
        if (state.sandboxAttempt >= 0) {
            if (!abandonSandbox()) {
                return false;
            }
        }
        if (!isPrepared()) {
            return false;
        }
        try {
            NodeRuntime.Readiness readiness = node.runtime().readiness();
            if (!readiness.networkReady()
                    && !Boolean.TRUE.equals(state.pod.getSpec().getHostNetwork())) {
                node.events().warning(state.pod, "NetworkNotReady", "network is not ready: " + readiness.message());
                tryAgain();
                return false;
            }
            SandboxStatus made = node.runtime()
                    .sandboxes()
                    .run(node.sandboxSpecs().of(state.pod, state.sandboxAttempt + 1, node.config()));
            state.sandbox = Optional.of(made);
            state.sandboxAttempt++;
            state.podResources = Optional.of(made.spec().resources());
            if (!node.settings().hollow()) {
                node.sandboxSpecs()
                        .dns()
                        .of(state.pod)
                        .omissions()
                        .forEach(what -> node.events().warning(state.pod, "DNSConfigForming", what));
            }
            return true;
        } catch (RuntimeFaultException | VolumeException failure) {
            node.events()
                    .warning(
                            state.pod,
                            "FailedCreatePodSandBox",
                            "Failed to create pod sandbox: " + failure.getMessage());
            tryAgain();
            return false;
        }
    }

    /// Whether all that the pod claims can be had.
    private boolean isPrepared() throws InterruptedException {
        try {
            node.devices().prepare(state.pod);
            return true;
        } catch (DeviceException refused) {
            node.events()
                    .warning(
                            state.pod,
                            "FailedPrepareDynamicResources",
                            "Failed to prepare dynamic resources: " + refused.getMessage());
            tryAgain();
            return false;
        }
    }

    /// The old sandbox is gone or broken: what still runs in it ends, and the init phase begins anew.
    private boolean abandonSandbox() throws InterruptedException {
        if (!state.anyRunning() && state.sandbox.isEmpty() && !state.initialized) {
            return true;
        }
        node.events().normal(state.pod, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
        if (!stops.all(Duration.ofSeconds(2))) {
            return false;
        }
        stops.removeSandboxes();
        state.initialized = false;
        for (Declared declared : Declared.of(state.pod)) {
            ContainerRecord record = state.record(declared);
            if (declared.role() == Declared.Role.INIT && record.ended.isPresent()) {
                record.before = record.ended;
                record.ended = Optional.empty();
                record.id = "";
            }
        }
        return true;
    }

    /// True when the main containers may run.
    private boolean initialize(List<Declared> all, PodContext context, Map<String, MountedVolume> volumes)
            throws InterruptedException {
        for (Declared declared : all) {
            ContainerRecord record = state.record(declared);
            if (declared.role() == Declared.Role.SIDECAR) {
                maintain(declared, context, volumes);
                if (!state.initialized && !record.isStarted()) {
                    return false;
                }
            } else if (declared.role() == Declared.Role.INIT && !state.initialized) {
                boolean done = !record.isRunning()
                        && record.ended.map(Ended::isSuccess).orElse(false);
                if (!done) {
                    maintain(declared, context, volumes);
                    return false;
                }
            }
        }
        return true;
    }

    /// Starts, restarts or stops one container as its state asks for; true if those after it need not wait.
    private boolean maintain(Declared declared, PodContext context, Map<String, MountedVolume> volumes)
            throws InterruptedException {
        ContainerRecord record = state.record(declared);
        if (record.isRunning()) {
            return watchOver(declared, record);
        }
        if (record.ended.isPresent()) {
            Ended how = record.ended.get();
            if (!state.restarts(declared)) {
                return true;
            }
            Instant now = node.time().now();
            Optional<Instant> until = record.backoff.heldUntil(how.finishedAt().orElse(now), now);
            if (until.isPresent()) {
                hold(declared, record);
                alarm.by(until.get());
                return true;
            }
        }
        return starter.start(state, declared, context, volumes, alarm);
    }

    private void hold(Declared declared, ContainerRecord record) {
        boolean isHeld = record.waiting
                .map(waiting -> waiting.reason().equals("CrashLoopBackOff"))
                .orElse(false);
        if (isHeld) {
            return;
        }
        record.waiting = Optional.of(new ContainerRecord.Waiting(
                "CrashLoopBackOff",
                "back-off %s restarting failed container=%s pod=%s"
                        .formatted(Words.span(record.backoff.delay()), declared.name(), Names.of(state.pod))));
        node.events()
                .warning(
                        state.pod,
                        declared.fieldPath(),
                        "BackOff",
                        "Back-off restarting failed container %s in pod %s"
                                .formatted(declared.name(), Names.of(state.pod)));
    }

    /// Looks after a container that runs: its hook, its probes, its definition, its limits.
    private boolean watchOver(Declared declared, ContainerRecord record) throws InterruptedException {
        if (record.stop.isPresent()) {
            alarm.by(node.time().now().plus(FIRST_RETRY));
            if (record.stop.get().isToRepeat()) {
                record.stop = Optional.empty();
            }
            return true;
        }
        if (record.probes.isEmpty()) {
            starter.probe(state, declared, record, true, record.wasReady);
        }
        if (record.postStart.isPresent()) {
            Background hook = record.postStart.get();
            if (!hook.isDone()) {
                return false;
            }
            record.postStart = Optional.empty();
            if (hook.failure().isPresent()) {
                record.hookFailure = hook.failure();
                stops.one(declared, record, "FailedPostStartHook");
                return true;
            }
        }
        Optional<ContainerProbes.Failure> failure = record.probes.flatMap(ContainerProbes::failure);
        if (failure.isPresent()) {
            String kind = failure.get().kind() == ContainerProbes.Kind.STARTUP ? "startup" : "liveness";
            boolean restarts = RestartRule.restartsAfterProbe(state.pod, declared);
            record.restartsAnyway = restarts;
            stops.one(
                    declared,
                    record,
                    why(declared, "failed " + kind + " probe", restarts),
                    failure.get().grace());
        } else if (!record.image.equals(declared.container().getImage())) {
            record.restartsAnyway = true;
            stops.one(declared, record, why(declared, "definition changed", true));
        }
        return true;
    }

    private static String why(Declared declared, String what, boolean restarts) {
        return declared.isInit()
                ? "Init container %s %s".formatted(declared.name(), what)
                : "Container %s %s%s".formatted(declared.name(), what, restarts ? ", will be restarted" : "");
    }

    private void tryAgain() {
        alarm.by(node.time().now().plus(retry));
        Duration doubled = retry.multipliedBy(2);
        retry = doubled.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : doubled;
    }
}
