package dev.longshore.client;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// One informer for each kind, shared by all who read it in this process. Ask for kinds and add handlers first,
/// then [#start]. What it returns is shared: never change it. Thread-safe.
public final class Informers implements AutoCloseable {

    private static final String BY_OWNER = "owner";
    private static final String ORPHANED = "orphaned";
    private static final Duration POLL = Duration.ofMillis(5);

    private final KubernetesClient client;
    private final Time time;
    private final Map<Class<?>, SharedIndexInformer<? extends HasMetadata>> informers = new LinkedHashMap<>();
    private boolean isStarted;

    /// Informers that read through `client`.
    public Informers(KubernetesClient client, Time time) {
        this.client = client;
        this.time = time;
    }

    /// The informer of `type`, in all namespaces.
    @SuppressWarnings("unchecked") // the map's values are of their keys' types
    public synchronized <T extends HasMetadata> SharedIndexInformer<T> of(Class<T> type) {
        return (SharedIndexInformer<T>) informers.computeIfAbsent(type, absent -> made(type));
    }

    /// The informer of the type that `apiVersion` and `kind` name, if somebody has asked for it; what hears of
    /// every type need not read those a second time.
    public synchronized Optional<SharedIndexInformer<? extends HasMetadata>> known(String apiVersion, String kind) {
        for (var entry : informers.entrySet()) {
            Class<?> type = entry.getKey();
            if (kind.equals(HasMetadata.getKind(type)) && apiVersion.equals(HasMetadata.getApiVersion(type))) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }

    /// Calls `changed` with each object of `type` that is added, changed or deleted, soon after; a changed
    /// object comes twice, as it was and as it is.
    public <T extends HasMetadata> void onChange(Class<T> type, Consumer<T> changed) {
        of(type).addEventHandler(new ResourceEventHandler<T>() {
            @Override
            public void onAdd(T object) {
                changed.accept(object);
            }

            @Override
            public void onUpdate(T old, T object) {
                if (old != object) {
                    changed.accept(old);
                }
                changed.accept(object);
            }

            @Override
            public void onDelete(T object, boolean isStateUnknown) {
                changed.accept(object);
            }
        });
    }

    /// One object by its key, as last heard of.
    public <T extends HasMetadata> Optional<T> find(Class<T> type, String key) {
        return Optional.ofNullable(of(type).getIndexer().getByKey(key));
    }

    /// All objects.
    public <T extends HasMetadata> List<T> all(Class<T> type) {
        return of(type).getIndexer().list();
    }

    /// The objects of one namespace.
    public <T extends HasMetadata> List<T> in(Class<T> type, String namespace) {
        return of(type).getIndexer().byIndex("namespace", namespace);
    }

    /// The objects that name `uid` as their controller.
    public <T extends HasMetadata> List<T> controlledBy(Class<T> type, String uid) {
        return of(type).getIndexer().byIndex(BY_OWNER, uid);
    }

    /// The objects that `owner` controls, and those of its namespace that nobody does.
    public <T extends HasMetadata> List<T> ownOrOrphaned(Class<T> type, HasMetadata owner) {
        var result = new ArrayList<>(controlledBy(type, owner.getMetadata().getUid()));
        result.addAll(
                of(type).getIndexer().byIndex(ORPHANED, owner.getMetadata().getNamespace()));
        return result;
    }

    /// Up to which version objects of `type` have been heard of; `Long.MAX_VALUE` when that cannot be told.
    public long version(Class<? extends HasMetadata> type) {
        String version = of(type).lastSyncResourceVersion();
        return version == null || version.isEmpty() ? Long.MAX_VALUE : version(version);
    }

    /// A resourceVersion as a number, by which those of one server can be compared; 0 for one that is none.
    public static long version(String resourceVersion) {
        try {
            return resourceVersion == null ? 0 : Long.parseLong(resourceVersion);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    /// Starts all that were asked for; later ones start at once.
    public synchronized void start() {
        isStarted = true;
        informers.values().forEach(SharedIndexInformer::start);
    }

    /// Waits until everything was listed once.
    ///
    /// @return false when it did not happen within `limit`
    public boolean awaitSync(Duration limit) throws InterruptedException {
        long deadline = time.nanoTime() + limit.toNanos();
        while (!isSynced()) {
            if (time.nanoTime() - deadline > 0) {
                return false;
            }
            time.sleep(POLL);
        }
        return true;
    }

    /// True when everything was listed once.
    public synchronized boolean isSynced() {
        return informers.values().stream().allMatch(SharedIndexInformer::hasSynced);
    }

    @Override
    public synchronized void close() {
        informers.values().forEach(SharedIndexInformer::stop);
    }

    private <T extends HasMetadata> SharedIndexInformer<T> made(Class<T> type) {
        SharedIndexInformer<T> informer =
                client.resources(type).inAnyNamespace().runnableInformer(0);
        informer.addIndexers(Map.of(BY_OWNER, Informers::controller, ORPHANED, Informers::orphaned));
        // A list that fails is tried again, the first one too: a server that is just starting is no reason to give up.
        informer.exceptionHandler((started, broken) -> true);
        if (isStarted) {
            informer.start();
        }
        return informer;
    }

    private static List<String> controller(HasMetadata object) {
        return object.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(OwnerReference::getUid)
                .toList();
    }

    private static List<String> orphaned(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        return namespace != null && controller(object).isEmpty() ? List.of(namespace) : List.of();
    }
}
