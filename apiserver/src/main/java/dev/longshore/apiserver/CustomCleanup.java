package dev.longshore.apiserver;

import dev.longshore.apiserver.custom.Cleanup;
import dev.longshore.apiserver.custom.Conditions;
import dev.longshore.apiserver.objects.ObjectStore;
import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.UserInfo;
import dev.longshore.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes the resources of definitions that are deleted, and lets go of each definition when none is left. What
/// finalizers keep it waits for, looking again every second.
final class CustomCleanup implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CustomCleanup.class);
    private static final UserInfo SELF = UserInfo.of("system:apiserver", UserInfo.MASTERS);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration USUAL = Duration.ofMinutes(1);

    private final Machine machine;
    private final CustomCatalog served;
    private final BiConsumer<Resource, Consumer<Resource>> status;
    private final Semaphore work = new Semaphore(0);
    private final Map<String, Instant> begun = new HashMap<>();
    private volatile Optional<Thread> worker = Optional.empty();
    private volatile boolean isClosed;
    /// Told once, however long it lasts.
    private boolean isFailing;

    /// @param status writes a definition's status, as [CustomResources] does
    CustomCleanup(Machine machine, CustomCatalog served, BiConsumer<Resource, Consumer<Resource>> status) {
        this.machine = machine;
        this.served = served;
        this.status = status;
    }

    void start() {
        worker = Optional.of(Thread.ofVirtual().name("custom resource cleanup").start(this::run));
    }

    /// Says that there is something to do.
    void wake() {
        if (work.availablePermits() == 0) {
            work.release();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        worker.ifPresent(Thread::interrupt);
    }

    private void run() {
        boolean isMore = false;
        try {
            while (!isClosed) {
                if (isMore) {
                    machine.time.sleep(PAUSE);
                    work.drainPermits();
                } else {
                    // Somebody else may have begun what is to be done: a look now and then costs nothing.
                    var unused = work.tryAcquire(USUAL.toSeconds(), TimeUnit.SECONDS);
                    work.drainPermits();
                }
                isMore = pass();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return whether something is left to do
    private boolean pass() {
        var due = new HashSet<String>();
        try {
            for (Resource definition : machine.registry.list(CustomResources.DEFINITIONS, "")) {
                if (Cleanup.isDue(definition) && !isDone(definition)) {
                    due.add(definition.name());
                }
            }
        } catch (FaultException | StoreException failed) {
            if (!isClosed && !isFailing) {
                log.warn("custom resources cannot be deleted, which is tried again: {}", failed.getMessage());
            }
            isFailing = true;
            return true;
        }
        if (isFailing) {
            log.info("custom resources are deleted again");
            isFailing = false;
        }
        begun.keySet().retainAll(due);
        return !due.isEmpty();
    }

    private boolean isDone(Resource definition) {
        Instant now = machine.time.now();
        Optional<ResourceDefinition> kind = served.readable(definition);
        boolean wasEstablished = Conditions.holds(definition, Conditions.ESTABLISHED);
        if (!wasEstablished || kind.isEmpty()) {
            status.accept(definition, object -> Cleanup.end(object, wasEstablished, now));
            return true;
        }
        if (begun.putIfAbsent(definition.name(), now) == null) {
            status.accept(definition, object -> Cleanup.begin(object, now));
        }
        Optional<String> failure = deleteAll(kind.get());
        if (failure.isPresent()) {
            status.accept(definition, object -> Cleanup.fail(object, failure.get(), now));
            return false;
        }
        if (machine.objects.count(Versions.keys(kind.get()).range("")) == 0) {
            status.accept(definition, object -> Cleanup.end(object, true, now));
            return true;
        }
        if (begun.get(definition.name()).plus(USUAL).isBefore(now)) {
            status.accept(definition, object -> Cleanup.linger(object, now));
        }
        return false;
    }

    /// @return why some could not be deleted
    private Optional<String> deleteAll(ResourceDefinition kind) {
        List<ObjectStore.Entry> entries =
                machine.objects.list(Versions.keys(kind).range(""), 0, 0).entries();
        var call = new Call(SELF, false, new ArrayList<>());
        var write = new Write(kind, call, "", true, Optional.empty());
        Optional<String> failure = Optional.empty();
        for (ObjectStore.Entry entry : entries) {
            Resource object = entry.object().resource();
            if (object.isTerminating()) {
                continue;
            }
            try {
                new Deletion(machine)
                        .delete(write, object.namespace(), object.name(), DeleteOptions.of(Optional.empty()));
            } catch (FaultException refused) {
                if (!(refused.fault() instanceof Fault.NotFound)) {
                    failure = Optional.of(refused.fault().message());
                }
            }
        }
        return failure;
    }
}
