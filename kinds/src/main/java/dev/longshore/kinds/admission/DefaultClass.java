package dev.longshore.kinds.admission;

import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.Comparator;

/// Objects that name no class get the one that is marked as the default, the youngest if there are several.
///
/// @param of what gets a class
/// @param classes where the classes are
/// @param marker the annotation that marks the default
/// @param field of the spec, for the class's name
/// @param annotation an older way to name the class
record DefaultClass(
        String name, GroupResource of, GroupResource classes, String marker, String field, String annotation)
        implements Admission {

    static DefaultClass storage() {
        return new DefaultClass(
                "DefaultStorageClass",
                Attempts.CLAIMS,
                new GroupResource("storage.k8s.io", "storageclasses"),
                "storageclass.kubernetes.io/is-default-class",
                "storageClassName",
                "volume.beta.kubernetes.io/storage-class");
    }

    static DefaultClass ingress() {
        return new DefaultClass(
                "DefaultIngressClass",
                new GroupResource("networking.k8s.io", "ingresses"),
                new GroupResource("networking.k8s.io", "ingressclasses"),
                "ingressclass.kubernetes.io/is-default-class",
                "ingressClassName",
                "kubernetes.io/ingress.class");
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        Attempts.created(attempt, of)
                // An empty name is a name too: of no class.
                .filter(object -> object.find("spec", field).isEmpty()
                        && !object.annotations().containsKey(annotation))
                .ifPresent(object -> registry.list(classes, "").stream()
                        .filter(one -> "true".equals(one.annotations().get(marker)))
                        .max(Comparator.comparing((Resource one) -> one.text("metadata", "creationTimestamp"))
                                .thenComparing(Resource::name, Comparator.reverseOrder()))
                        .ifPresent(one -> object.object("spec").put(field, one.name())));
    }
}
