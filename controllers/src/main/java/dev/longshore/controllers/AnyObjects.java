package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.client.Patches;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Objects of whatever type as the server has them now, and the few changes of their metadata that a collector makes.
/// Types are what discovery says, in whatever version they are named. Thread-safe.
final class AnyObjects {

    private static final int CONFLICT = 409;
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;
    private static final int ATTEMPTS = 5;

    private final KubernetesClient client;
    private final Map<String, List<ApiTypes.Type>> served = new HashMap<>();

    /// An object of the cluster says that it is owned by one of a type that lives in namespaces: nobody can tell in
    /// which, and nothing will ever be right about it.
    static final class MisplacedOwnerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private MisplacedOwnerException(ObjectIdentity owner) {
            super("a cluster-scoped object cannot be owned by " + owner);
        }
    }

    AnyObjects(KubernetesClient client) {
        this.client = client;
    }

    /// Types may have come or gone: whoever is asked for next is looked up anew.
    synchronized void forgetTypes() {
        served.clear();
    }

    /// The type of `identity`.
    ///
    /// @throws KubernetesClientException when the server does not know it now, which may change
    ApiTypes.Type type(ObjectIdentity identity) {
        return types(identity.apiVersion()).stream()
                .filter(type -> type.kind().equals(identity.kind()))
                .findFirst()
                .orElseThrow(() -> Refusals.conflict(
                        "there is no type %s/%s now".formatted(identity.apiVersion(), identity.kind())));
    }

    /// The very object, by its uid.
    ///
    /// @throws MisplacedOwnerException when it must be in a namespace and is in none
    Optional<GenericKubernetesResource> find(ObjectIdentity identity) {
        return Optional.ofNullable(resource(identity).get())
                .filter(found -> found.getMetadata().getUid().equals(identity.uid()));
    }

    /// Deletes `judged` unless it changed since; but a change that left its owners alone is none.
    ///
    /// @return false if it is not there any more
    boolean delete(ObjectIdentity identity, GenericKubernetesResource judged, DeletionPropagation propagation) {
        String version = judged.getMetadata().getResourceVersion();
        String path = path(identity);
        try {
            return new PreciseDeletion(path, identity.uid(), version, propagation).send(client);
        } catch (KubernetesClientException changed) {
            if (changed.getCode() != CONFLICT) {
                throw changed;
            }
            Optional<GenericKubernetesResource> now = find(identity);
            if (now.isEmpty()) {
                return false;
            }
            boolean isJudgedSame = Objects.equals(
                    now.get().getMetadata().getOwnerReferences(),
                    judged.getMetadata().getOwnerReferences());
            if (!isJudgedSame) {
                throw changed;
            }
            return new PreciseDeletion(path, identity.uid(), "", propagation).send(client);
        }
    }

    /// Takes from `identity` its references to the owners `uids`. References that are not there are no error.
    void disown(ObjectIdentity identity, List<String> uids) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", identity.uid());
        ArrayNode owners = patch.withObject("/metadata").putArray("ownerReferences");
        uids.forEach(uid -> owners.addObject().put("$patch", "delete").put("uid", uid));
        patchOwners(identity, patch, owner -> !uids.contains(owner.getUid()), false);
    }

    /// Makes `identity` hold no owner up any more.
    ///
    /// @return how it is now
    GenericKubernetesResource unblock(ObjectIdentity identity, List<OwnerReference> owners) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", identity.uid());
        ArrayNode free = patch.withObject("/metadata").putArray("ownerReferences");
        owners.stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getBlockOwnerDeletion()))
                .forEach(owner -> free.add(
                        ((ObjectNode) Json.parse(Serialization.asJson(owner))).put("blockOwnerDeletion", false)));
        return patchOwners(identity, patch, owner -> true, true);
    }

    /// Takes `finalizer` from `identity`, if that is there and has it.
    void removeFinalizer(ObjectIdentity identity, String finalizer) {
        for (int attempt = 1; ; attempt++) {
            Optional<GenericKubernetesResource> found = find(identity)
                    .filter(object -> object.getMetadata().getFinalizers().contains(finalizer));
            if (found.isEmpty()) {
                return;
            }
            ObjectNode patch = Json.object();
            ObjectNode metadata = patch.putObject("metadata");
            metadata.put("resourceVersion", found.get().getMetadata().getResourceVersion());
            ArrayNode left = metadata.putArray("finalizers");
            found.get().getMetadata().getFinalizers().stream()
                    .filter(each -> !each.equals(finalizer))
                    .forEach(left::add);
            try {
                Patches.merge(client, path(identity), patch);
                return;
            } catch (KubernetesClientException refused) {
                if (Refusals.isNotFound(refused)) {
                    return;
                }
                if (refused.getCode() != CONFLICT || attempt == ATTEMPTS) {
                    throw refused;
                }
            }
        }
    }

    /// By the merge that knows lists; types that do not offer it get the whole list.
    private GenericKubernetesResource patchOwners(
            ObjectIdentity identity, ObjectNode strategic, Predicate<OwnerReference> isKept, boolean isUnblocked) {
        try {
            return read(Patches.strategicMerge(client, path(identity), strategic));
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != UNSUPPORTED_MEDIA_TYPE) {
                throw refused;
            }
        }
        GenericKubernetesResource found =
                find(identity).orElseThrow(() -> Refusals.notFound(identity + " is not there any more"));
        ObjectNode patch = Json.object();
        ObjectNode metadata = patch.putObject("metadata");
        metadata.put("resourceVersion", found.getMetadata().getResourceVersion());
        ArrayNode owners = metadata.putArray("ownerReferences");
        found.getMetadata().getOwnerReferences().stream().filter(isKept).forEach(owner -> {
            ObjectNode kept = (ObjectNode) Json.parse(Serialization.asJson(owner));
            owners.add(isUnblocked ? kept.put("blockOwnerDeletion", false) : kept);
        });
        return read(Patches.merge(client, path(identity), patch));
    }

    private String path(ObjectIdentity identity) {
        return type(identity).path(identity.namespace()) + "/" + identity.name();
    }

    private static GenericKubernetesResource read(String object) {
        return Serialization.unmarshal(object, GenericKubernetesResource.class);
    }

    private Resource<GenericKubernetesResource> resource(ObjectIdentity identity) {
        ApiTypes.Type type = type(identity);
        var objects = client.genericKubernetesResources(type.context());
        if (!type.isNamespaced()) {
            return objects.withName(identity.name());
        }
        if (!identity.isNamespaced()) {
            throw new MisplacedOwnerException(identity);
        }
        return objects.inNamespace(identity.namespace()).withName(identity.name());
    }

    private List<ApiTypes.Type> types(String apiVersion) {
        synchronized (this) {
            List<ApiTypes.Type> known = served.get(apiVersion);
            if (known != null) {
                return known;
            }
        }
        List<ApiTypes.Type> found = ApiTypes.in(client, apiVersion);
        synchronized (this) {
            served.put(apiVersion, found);
        }
        return found;
    }
}
