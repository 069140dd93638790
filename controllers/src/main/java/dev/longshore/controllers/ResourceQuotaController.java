package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import dev.longshore.kinds.admission.QuotaStatus;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaStatus;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Counts anew what a quota's namespace uses: soon after the quota or an object in its namespace changed, and
/// now and then. Admission only adds to the count; what deletions and failed writes free is found here.
final class ResourceQuotaController implements Reconciler {

    static final String NAME = "resourcequota-controller";

    /// Writes that admission has counted get this long to reach the store before they are looked for.
    private static final Duration SETTLED = Duration.ofMillis(500);

    /// Should something have been missed.
    private static final Duration NEXT_COUNT = Duration.ofMinutes(5);

    /// For quotas of types that nobody here watches.
    private static final Duration NEXT_COUNT_UNWATCHED = Duration.ofSeconds(5);

    private static final Duration NEXT_DISCOVERY = Duration.ofSeconds(30);

    private static final List<Class<? extends HasMetadata>> COUNTED = List.of(
            Pod.class,
            Service.class,
            ConfigMap.class,
            Secret.class,
            PersistentVolumeClaim.class,
            ReplicationController.class,
            Deployment.class,
            ReplicaSet.class,
            StatefulSet.class,
            Job.class);
    private static final Set<String> WATCHED = Stream.concat(COUNTED.stream(), Stream.of(ResourceQuota.class))
            .map(HasMetadata::getFullResourceName)
            .collect(Collectors.toSet());
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;
    private final Time time;
    private Optional<Discovered> discovered = Optional.empty();

    private record Discovered(ApiTypes types, Instant at) {}

    private ResourceQuotaController(ControllerContext context) {
        this.client = context.clients().apply(NAME);
        this.time = context.time();
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new ResourceQuotaController(context), 2, context.time());
        Informers informers = context.informers();
        informers.onChange(ResourceQuota.class, quota -> {
            boolean isNew =
                    quota.getStatus() == null || quota.getStatus().getHard().isEmpty();
            loop.queue().addAfter(Keys.of(quota), isNew ? Duration.ZERO : SETTLED);
        });
        COUNTED.forEach(type -> informers.onChange(
                type,
                object -> informers
                        .in(ResourceQuota.class, object.getMetadata().getNamespace())
                        .forEach(quota -> loop.queue().addAfter(Keys.of(quota), SETTLED))));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String key) {
        // Read anew: a charge that comes after this makes the write below fail, and it is counted again.
        // By a list, since that is all that the controller's role lets it do.
        Optional<ResourceQuota> found = client
                .resourceQuotas()
                .inNamespace(Keys.namespace(key))
                .withField("metadata.name", Keys.name(key))
                .list()
                .getItems()
                .stream()
                .filter(quota -> !Keys.isBeingDeleted(quota))
                .findFirst();
        if (found.isEmpty()) {
            return Outcome.done();
        }
        ResourceQuota stored = found.get();
        var quota = new Resource((ObjectNode) Json.parse(Serialization.asJson(stored)));
        ObjectNode status = QuotaStatus.of(quota, resource -> objects(resource, Keys.namespace(key)), time.now());
        ResourceQuotaStatus counted = Serialization.unmarshal(status.toString(), ResourceQuotaStatus.class);
        if (!counted.equals(stored.getStatus())) {
            stored.setStatus(counted);
            client.resource(stored).updateStatus();
        }
        boolean isWatched =
                QuotaStatus.resources(quota).stream().allMatch(resource -> WATCHED.contains(resource.toString()));
        return new Outcome.RetryAfter(isWatched ? NEXT_COUNT : NEXT_COUNT_UNWATCHED);
    }

    private List<Resource> objects(GroupResource resource, String namespace) {
        return path(resource, namespace).map(this::items).orElse(List.of());
    }

    private Optional<String> path(GroupResource resource, String namespace) {
        if (resource.group().isEmpty()) {
            return Optional.of("/api/v1/namespaces/" + namespace + "/" + resource.resource());
        }
        return types().types().stream()
                .filter(type -> type.group().equals(resource.group())
                        && type.plural().equals(resource.resource())
                        && type.isNamespaced())
                .map(type -> type.path(namespace))
                .findFirst();
    }

    private synchronized ApiTypes types() {
        Instant now = time.now();
        if (discovered
                .filter(known -> known.at().plus(NEXT_DISCOVERY).isAfter(now))
                .isEmpty()) {
            discovered = Optional.of(new Discovered(ApiTypes.discover(client), now));
        }
        return discovered.get().types();
    }

    private List<Resource> items(String path) {
        try {
            return Json.parse(client.raw(path))
                    .path("items")
                    .valueStream()
                    .map(item -> new Resource((ObjectNode) item))
                    .toList();
        } catch (KubernetesClientException noSuchType) {
            if (noSuchType.getCode() == NOT_FOUND) {
                return List.of();
            }
            throw noSuchType;
        }
    }
}
