package dev.longshore.kinds.admission;

import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;

/// New claims, volumes and classes of attributes get the finalizer that keeps them while they are used.
final class StorageProtection implements Admission {

    private static final Map<GroupResource, String> FINALIZERS = Map.of(
            new GroupResource("", "persistentvolumes"), "kubernetes.io/pv-protection",
            new GroupResource("", "persistentvolumeclaims"), "kubernetes.io/pvc-protection",
            new GroupResource("storage.k8s.io", "volumeattributesclasses"), "kubernetes.io/vac-protection");

    @Override
    public String name() {
        return "StorageObjectInUseProtection";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        if (FINALIZERS.containsKey(attempt.resource())) {
            Attempts.created(attempt, attempt.resource())
                    .ifPresent(object -> guard(object, FINALIZERS.get(attempt.resource())));
        }
    }

    private static void guard(Resource object, String finalizer) {
        ArrayNode finalizers = object.metadata().withArray("finalizers");
        if (finalizers.valueStream().noneMatch(present -> present.asString().equals(finalizer))) {
            finalizers.add(finalizer);
        }
    }
}
