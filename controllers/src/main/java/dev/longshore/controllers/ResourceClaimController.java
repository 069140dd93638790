package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Patches;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodExtendedResourceClaimStatus;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodResourceClaimStatus;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplate;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes the claims that pods want from templates, and reserves claims for pods that came to their node without the
/// scheduler. What becomes of claims that nobody uses any more is for [UnusedClaims].
final class ResourceClaimController implements Reconciler {

    static final String NAME = "resource-claim-controller";

    /// Ties a claim to the name that its pod calls it by.
    private static final String POD_CLAIM = "resource.kubernetes.io/pod-claim-name";

    private static final String MANAGER = "ResourceClaimController";
    private static final int LONGEST_BASE = 57;
    private static final int MOST_CONSUMERS = 256;
    private static final int WORKERS = 2;
    private static final String PODS = "pod:";
    private static final String CLAIMS = "claim:";

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final UnusedClaims unused;

    private ResourceClaimController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME, "resource_claim");
        this.unused = new UnusedClaims(informers, client);
    }

    static Controller create(ControllerContext context) {
        var controller = new ResourceClaimController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        var queue = loop.queue();
        context.informers().onChange(Pod.class, pod -> {
            if (!pod.getSpec().getResourceClaims().isEmpty()) {
                queue.add(PODS + Keys.of(pod));
            }
            // It may have ended, or be gone: its claims are looked at either way.
            used(pod).forEach(name -> queue.add(CLAIMS + pod.getMetadata().getNamespace() + "/" + name));
        });
        context.informers().onChange(ResourceClaim.class, claim -> {
            queue.add(CLAIMS + Keys.of(claim));
            Keys.controllerKey(claim, "Pod").ifPresent(pod -> queue.add(PODS + pod));
        });
        context.informers()
                .onChange(
                        ResourceClaimTemplate.class,
                        template -> context
                                .informers()
                                .in(Pod.class, template.getMetadata().getNamespace())
                                .stream()
                                .filter(pod -> pod.getSpec().getResourceClaims().stream()
                                        .anyMatch(claim -> template.getMetadata()
                                                .getName()
                                                .equals(claim.getResourceClaimTemplateName())))
                                .forEach(pod -> queue.add(PODS + Keys.of(pod))));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        if (key.startsWith(CLAIMS)) {
            informers.find(ResourceClaim.class, key.substring(CLAIMS.length())).ifPresent(unused::look);
            return Outcome.done();
        }
        informers
                .find(Pod.class, key.substring(PODS.length()))
                .filter(pod -> !Keys.isBeingDeleted(pod))
                .ifPresent(this::provide);
        return Outcome.done();
    }

    /// The names of the claims that `pod` uses, by what it calls them; those still to be made are missing.
    static Map<String, String> claimNames(Pod pod) {
        var names = new LinkedHashMap<String, String>();
        for (PodResourceClaim wanted : pod.getSpec().getResourceClaims()) {
            if (wanted.getResourceClaimName() != null) {
                names.put(wanted.getName(), wanted.getResourceClaimName());
            } else {
                told(pod, wanted)
                        .map(PodResourceClaimStatus::getResourceClaimName)
                        .ifPresent(name -> names.put(wanted.getName(), name));
            }
        }
        return names;
    }

    /// The names of all claims that `pod` uses, also of the one that the scheduler made for it.
    private static List<String> used(Pod pod) {
        var names = new ArrayList<>(claimNames(pod).values());
        Optional.ofNullable(pod.getStatus())
                .map(status -> status.getExtendedResourceClaimStatus())
                .map(PodExtendedResourceClaimStatus::getResourceClaimName)
                .ifPresent(names::add);
        return names;
    }

    private static Optional<PodResourceClaimStatus> told(Pod pod, PodResourceClaim wanted) {
        return pod.getStatus() == null
                ? Optional.empty()
                : pod.getStatus().getResourceClaimStatuses().stream()
                        .filter(status -> status.getName().equals(wanted.getName()))
                        .findFirst();
    }

    private void provide(Pod pod) {
        var made = new LinkedHashMap<String, String>();
        for (PodResourceClaim wanted : pod.getSpec().getResourceClaims()) {
            try {
                if (wanted.getResourceClaimTemplateName() != null) {
                    make(pod, wanted).ifPresent(claim -> made.put(wanted.getName(), claim));
                }
            } catch (KubernetesClientException | IllegalStateException refused) {
                events.event(
                        pod,
                        Type.WARNING,
                        "FailedResourceClaimCreation",
                        "PodResourceClaim %s: %s".formatted(wanted.getName(), refused.getMessage()));
                throw refused;
            }
        }
        if (!made.isEmpty()) {
            tell(pod, made);
        }
        if (pod.getSpec().getNodeName() != null && !pod.getSpec().getNodeName().isEmpty()) {
            claimNames(pod).values().forEach(name -> reserve(pod, name));
        }
    }

    /// The name of the claim for `wanted`, unless the pod knows it already.
    private Optional<String> make(Pod pod, PodResourceClaim wanted) {
        Optional<PodResourceClaimStatus> told = told(pod, wanted);
        if (told.isPresent()) {
            String name = told.get().getResourceClaimName();
            boolean isThere = name == null
                    || informers
                            .find(ResourceClaim.class, pod.getMetadata().getNamespace() + "/" + name)
                            .filter(claim -> isOf(claim, pod))
                            .isPresent();
            if (isThere) {
                return Optional.empty();
            }
        }
        // One that was made and not told of, as when this process died in between.
        Optional<ResourceClaim> orphan =
                client
                        .resources(ResourceClaim.class)
                        .inNamespace(pod.getMetadata().getNamespace())
                        .list()
                        .getItems()
                        .stream()
                        .filter(claim -> isOf(claim, pod) && wanted.getName().equals(annotation(claim)))
                        .findFirst();
        ResourceClaim claim = orphan.orElseGet(() -> create(pod, wanted));
        return Optional.of(claim.getMetadata().getName());
    }

    private static String annotation(ResourceClaim claim) {
        Map<String, String> annotations = claim.getMetadata().getAnnotations();
        return annotations == null ? "" : annotations.getOrDefault(POD_CLAIM, "");
    }

    private static boolean isOf(ResourceClaim claim, Pod pod) {
        return Keys.controller(claim)
                .filter(owner -> owner.getUid().equals(pod.getMetadata().getUid()))
                .isPresent();
    }

    private ResourceClaim create(Pod pod, PodResourceClaim wanted) {
        String namespace = pod.getMetadata().getNamespace();
        String name = wanted.getResourceClaimTemplateName();
        ResourceClaimTemplate template = informers
                .find(ResourceClaimTemplate.class, namespace + "/" + name)
                .orElseThrow(() -> new IllegalStateException(
                        "resource claim template \"%s\": resourceclaimtemplate.resource.k8s.io \"%s\" not found"
                                .formatted(name, name)));
        var spec = template.getSpec();
        var claim = new ResourceClaimBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withGenerateName(base(pod.getMetadata().getName(), wanted.getName()))
                .withLabels(
                        spec.getMetadata() == null ? null : spec.getMetadata().getLabels())
                .withAnnotations(
                        spec.getMetadata() == null ? null : spec.getMetadata().getAnnotations())
                .addToAnnotations(POD_CLAIM, wanted.getName())
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withSpec(spec.getSpec())
                .build();
        return client.resource(claim).create();
    }

    /// Both names, each cut in proportion when they are too long together.
    static String base(String pod, String claim) {
        String base = pod + "-" + claim + "-";
        if (base.length() <= LONGEST_BASE) {
            return base;
        }
        return pod.substring(0, pod.length() * LONGEST_BASE / base.length())
                + "-"
                + claim.substring(0, claim.length() * LONGEST_BASE / base.length());
    }

    private void tell(Pod pod, Map<String, String> made) {
        ObjectNode patch = Json.object().put("apiVersion", "v1").put("kind", "Pod");
        patch.putObject("metadata")
                .put("name", pod.getMetadata().getName())
                .put("namespace", pod.getMetadata().getNamespace());
        ArrayNode statuses = patch.putObject("status").putArray("resourceClaimStatuses");
        made.forEach((name, claim) -> statuses.addObject().put("name", name).put("resourceClaimName", claim));
        String path = "/api/v1/namespaces/%s/pods/%s/status"
                .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
        Patches.apply(client, path, MANAGER, patch);
    }

    private void reserve(Pod pod, String name) {
        informers
                .find(ResourceClaim.class, pod.getMetadata().getNamespace() + "/" + name)
                .filter(claim -> claim.getStatus() != null && claim.getStatus().getAllocation() != null)
                .filter(claim -> {
                    var consumers = claim.getStatus().getReservedFor();
                    return consumers.size() < MOST_CONSUMERS
                            && consumers.stream()
                                    .noneMatch(consumer ->
                                            pod.getMetadata().getUid().equals(consumer.getUid()));
                })
                .filter(claim -> !UnusedClaims.isDone(pod))
                .ifPresent(claim -> client.resource(new ResourceClaimBuilder(claim)
                                .editStatus()
                                .addNewReservedFor()
                                .withResource("pods")
                                .withName(pod.getMetadata().getName())
                                .withUid(pod.getMetadata().getUid())
                                .endReservedFor()
                                .endStatus()
                                .build())
                        .updateStatus());
    }
}
