package dev.longshore.apiserver;

import dev.longshore.apiserver.custom.Approval;
import dev.longshore.apiserver.custom.Cleanup;
import dev.longshore.apiserver.custom.Conditions;
import dev.longshore.apiserver.custom.Names;
import dev.longshore.apiserver.objects.Interest;
import dev.longshore.apiserver.objects.Signal;
import dev.longshore.apiserver.objects.Subscription;
import dev.longshore.model.Call;
import dev.longshore.model.CustomKinds;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.ManagedFields;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.UserInfo;
import dev.longshore.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the CustomResourceDefinitions: settles their names and conditions, has the catalog serve what they define,
/// and hands those that are deleted to [CustomCleanup].
///
/// ```
/// definitions ─ change ─► names, conditions ─► kinds (anew where it changed) ─► catalog ─► Established
///                              │
///                              └─ deleted ─► CustomCleanup: resources first, then the definition
/// ```
///
/// One thread does all of it. Several servers over one store do the same side by side: what one has written the others
/// find done.
final class CustomResources implements AutoCloseable {

    static final GroupResource DEFINITIONS = new GroupResource("apiextensions.k8s.io", "customresourcedefinitions");

    private static final Logger log = LoggerFactory.getLogger(CustomResources.class);
    private static final UserInfo SELF = UserInfo.of("system:apiserver", UserInfo.MASTERS);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Machine machine;
    private final CustomCatalog served;
    private final CustomCleanup cleanup;
    private final AtomicBoolean isStarted = new AtomicBoolean();
    private volatile Optional<Thread> follower = Optional.empty();
    private volatile boolean isClosed;

    CustomResources(Machine machine, CustomKinds kinds) {
        this.machine = machine;
        this.served = new CustomCatalog(machine, kinds);
        this.cleanup = new CustomCleanup(machine, served, (definition, change) -> {
            var unused = write(definition, change);
        });
    }

    /// With the first request: serves what is defined already, and begins to follow changes. A server without this
    /// kind does without.
    void startOnce() {
        if (isStarted.get() || !isStarted.compareAndSet(false, true)) {
            return;
        }
        if (machine.catalog().find(DEFINITIONS).isEmpty()) {
            return;
        }
        served.refresh(machine.registry.list(DEFINITIONS, ""));
        follower = Optional.of(Thread.ofVirtual().name("custom resources").start(this::follow));
        cleanup.start();
    }

    @Override
    public void close() {
        isClosed = true;
        follower.ifPresent(Thread::interrupt);
        cleanup.close();
    }

    private void follow() {
        try {
            while (!isClosed) {
                ResourceDefinition definition = machine.definition(DEFINITIONS);
                try (Subscription changes = machine.caches.subscribe(
                        Versions.keys(definition),
                        definition.storage().indexes(),
                        new Interest.Everything(),
                        machine.objects.revision())) {
                    // What changed before the subscription began.
                    settle();
                    readWhileItLasts(changes);
                } catch (FaultException | StoreException failed) {
                    if (!isClosed) {
                        log.warn("following custom resource definitions failed, will try again", failed);
                        machine.time.sleep(AGAIN);
                    }
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void readWhileItLasts(Subscription changes) throws InterruptedException {
        while (!isClosed) {
            boolean isChanged = false;
            for (Signal signal : changes.next()) {
                switch (signal) {
                    case Signal.Changed _ -> isChanged = true;
                    case Signal.Progress _ -> {}
                    case Signal.Ended _ -> {
                        return;
                    }
                }
            }
            if (isChanged) {
                settle();
            }
        }
    }

    /// Serves a definition's resources before it says that they are served: who waits for that finds them.
    private void settle() {
        List<Resource> all = new ArrayList<>(machine.registry.list(DEFINITIONS, ""));
        for (int i = 0; i < all.size(); i++) {
            List<Resource> now = all;
            Optional<Resource> written = write(all.get(i), definition -> {
                Names.settle(definition, now, machine.time.now());
                Approval.settle(definition, machine.time.now());
            });
            if (written.isPresent()) {
                all.set(i, written.get());
            }
        }
        served.refresh(all);
        for (Resource each : all) {
            var unused = write(each, definition -> Names.establish(definition, machine.time.now()));
        }
        all.stream().filter(Cleanup::isDue).findFirst().ifPresent(due -> cleanup.wake());
    }

    /// Writes the status of a definition if `change` changes anything.
    ///
    /// @return what is stored then; empty if it is gone, or as it was
    private Optional<Resource> write(Resource seen, Consumer<Resource> change) {
        Resource tried = seen.copy();
        change.accept(tried);
        if (tried.equals(seen)) {
            return Optional.empty();
        }
        ResourceDefinition definition = machine.definition(DEFINITIONS);
        var manager = new ManagedFields.Manager(
                LocalRegistry.SELF_AS_MANAGER, definition.kind().apiVersion(), "status");
        var write =
                new Write(definition, new Call(SELF, false, new ArrayList<>()), "status", true, Optional.of(manager));
        try {
            return Optional.of(new Update(machine)
                    .update(write, new Update.Mode.Status(definition.strategy()), "", seen.name(), current -> {
                        change.accept(current);
                        return current;
                    }));
        } catch (FaultException gone) {
            if (gone.fault() instanceof Fault.NotFound) {
                return Optional.empty();
            }
            throw gone;
        }
    }

    /// Whether the resources of `definition` are to be served.
    static boolean isServed(Resource definition) {
        return Conditions.holds(definition, Conditions.NAMES_ACCEPTED)
                || Conditions.holds(definition, Conditions.ESTABLISHED);
    }
}
