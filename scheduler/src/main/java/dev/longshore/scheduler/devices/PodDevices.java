package dev.longshore.scheduler.devices;

import dev.longshore.scheduler.framework.DeviceClaim;
import dev.longshore.scheduler.framework.Labels;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.ContainerExtendedResourceRequest;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What becomes of the claims of a pod: whether it may use them at all, and what they get on a node. Thread-safe.
public final class PodDevices {

    private static final int MOST_CONSUMERS = 256;
    private static final int MOST_ALTERNATIVES = 8;

    private final DeviceFacts facts;
    private final Allocator allocator;
    private final ExtendedClaims extended;

    /// Judges by `facts`.
    public PodDevices(DeviceFacts facts) {
        this.facts = facts;
        this.extended = new ExtendedClaims(facts);
        this.allocator = new Allocator(
                facts, new DeviceSelectors(), () -> UUID.randomUUID().toString());
    }

    /// Why `pod` can go nowhere for now.
    public Optional<String> refusal(PodView pod) {
        try {
            for (ResourceClaim claim : claims(pod)) {
                Optional<String> refusal = refusal(pod, claim);
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
            return Optional.empty();
        } catch (DeviceException missing) {
            return Optional.of(missing.getMessage());
        }
    }

    private Optional<String> refusal(PodView pod, ResourceClaim claim) throws DeviceException {
        if (isAllocated(claim)) {
            return isReservedFor(claim, pod)
                            || claim.getStatus().getReservedFor().size() < MOST_CONSUMERS
                    ? Optional.empty()
                    : Optional.of("resourceclaim in use");
        }
        if (facts.isBeingAllocated(claim.getMetadata().getUid())) {
            return Optional.of("resource claim %s/%s is in the process of being allocated"
                    .formatted(
                            claim.getMetadata().getNamespace(),
                            claim.getMetadata().getName()));
        }
        for (DeviceRequest request : requests(claim)) {
            for (DeviceWish wish : DeviceWish.of(request)) {
                if (facts.deviceClass(wish.deviceClass()).isEmpty()) {
                    return Optional.of(
                            "request %s: device class %s does not exist".formatted(wish.name(), wish.deviceClass()));
                }
            }
        }
        return Optional.empty();
    }

    static List<DeviceRequest> requests(ResourceClaim claim) {
        return claim.getSpec().getDevices() == null
                ? List.of()
                : claim.getSpec().getDevices().getRequests();
    }

    /// Why `pod` cannot go to `node`.
    public Optional<String> refusal(PodView pod, NodeView node) {
        try {
            if (extended.concern(pod) && extended.made(pod).isPresent()) {
                // Of an attempt that failed: it has to go first.
                return Optional.of("cannot schedule extended resource claim");
            }
            return plan(pod, node).isPresent() ? Optional.empty() : Optional.of("cannot allocate all claims");
        } catch (DeviceException refused) {
            return Optional.of(refused.getMessage());
        }
    }

    /// What is to be done to the claims of `pod` so that it can use them on `node`; empty when they cannot have
    /// what they ask for there.
    Optional<List<Plan>> plan(PodView pod, NodeView node) throws DeviceException {
        var open = new ArrayList<ResourceClaim>();
        var plans = new ArrayList<Plan>();
        for (ResourceClaim claim : claims(pod)) {
            if (!isAllocated(claim)) {
                open.add(claim);
            } else if (isUnavailable(claim, node)) {
                throw new DeviceException("resourceclaim not available on the node");
            } else if (!isReservedFor(claim, pod) || BindingConditions.has(claim)) {
                plans.add(new Plan(claim, Optional.empty(), List.of()));
            }
        }
        Optional<ExtendedRequests.Drafted> drafted = extended.draft(pod, node);
        drafted.ifPresent(draft -> open.add(draft.claim()));
        if (open.isEmpty()) {
            return Optional.of(plans);
        }
        Optional<List<AllocationResult>> results = allocator.allocate(open, node);
        for (int i = 0; results.isPresent() && i < open.size(); i++) {
            boolean isDraft = drafted.isPresent() && i == open.size() - 1;
            plans.add(new Plan(
                    open.get(i),
                    Optional.of(results.get().get(i)),
                    isDraft ? drafted.get().mappings() : List.of()));
        }
        return results.map(given -> plans);
    }

    /// @param allocation what it gets; empty when it has it already
    /// @param mappings for whom its requests are, of a claim that is still to be made
    record Plan(
            ResourceClaim claim,
            Optional<AllocationResult> allocation,
            List<ContainerExtendedResourceRequest> mappings) {}

    /// Whether `claim` has devices that are of no use on `node`, or have failed.
    private boolean isUnavailable(ResourceClaim claim, NodeView node) {
        return !reaches(claim.getStatus().getAllocation().getNodeSelector(), node)
                || BindingConditions.of(claim) instanceof BindingConditions.Failed
                || facts.isGivenUp(claim);
    }

    /// A claim of `pod` whose devices keep it from one of `nodes` and that nobody else uses.
    Optional<ResourceClaim> idle(PodView pod, List<NodeView> nodes) {
        try {
            return claims(pod).stream()
                    .filter(PodDevices::isAllocated)
                    .filter(claim -> nodes.stream().anyMatch(node -> isUnavailable(claim, node)))
                    .filter(claim -> claim.getStatus().getReservedFor().stream()
                            .allMatch(consumer -> pod.uid().equals(consumer.getUid())))
                    .findFirst();
        } catch (DeviceException missing) {
            return Optional.empty();
        }
    }

    /// The claim for named resources that an earlier attempt made for `pod`.
    Optional<ResourceClaim> made(PodView pod) {
        return extended.concern(pod) ? extended.made(pod) : Optional.empty();
    }

    /// Whether there is any claim that a place for `pod` depends on.
    boolean concern(PodView pod) {
        return !pod.devices().isEmpty() || extended.concern(pod);
    }

    /// Whether a driver of devices has to give `resource` on `node`, which has none of its own.
    public static boolean areFor(DeviceFacts facts, String resource, NodeView node) {
        return ExtendedClaims.isFor(facts, resource, node);
    }

    /// How well what `pod` would get on `node` is what it likes best: more for each better alternative.
    public long preference(PodView pod, NodeView node) {
        try {
            boolean hasAlternatives = claims(pod).stream()
                    .flatMap(claim -> requests(claim).stream())
                    .anyMatch(request -> !request.getFirstAvailable().isEmpty());
            return hasAlternatives ? preference(plan(pod, node).orElse(List.of())) : 0;
        } catch (DeviceException unavailable) {
            return 0;
        }
    }

    private static long preference(List<Plan> plans) {
        long points = 0;
        for (Plan plan : plans) {
            for (DeviceRequest request : requests(plan.claim())) {
                for (int i = 0; i < request.getFirstAvailable().size(); i++) {
                    String name = request.getName() + "/"
                            + request.getFirstAvailable().get(i).getName();
                    boolean isChosen = plan.allocation().stream()
                            .flatMap(given -> given.getDevices().getResults().stream())
                            .anyMatch(result -> result.getRequest().equals(name));
                    points += isChosen ? MOST_ALTERNATIVES - i : 0;
                }
            }
        }
        return points;
    }

    private List<ResourceClaim> claims(PodView pod) throws DeviceException {
        var claims = new ArrayList<ResourceClaim>();
        for (DeviceClaim wanted : pod.devices()) {
            if (wanted.claim().isEmpty()) {
                throw new DeviceException("pod \"%s\": ResourceClaim not created yet".formatted(pod.key()));
            }
            String name = wanted.claim().get();
            ResourceClaim claim = facts.claim(pod.namespace(), name)
                    .orElseThrow(() -> new DeviceException("resourceclaim \"%s\" not found".formatted(name)));
            if (claim.getMetadata().getDeletionTimestamp() != null) {
                throw new DeviceException("resourceclaim \"%s\" is being deleted".formatted(name));
            }
            if (wanted.isOwn() && !isOf(claim, pod)) {
                throw new DeviceException("ResourceClaim %s/%s was not created for pod %s (pod is not owner)"
                        .formatted(pod.namespace(), name, pod.key()));
            }
            claims.add(claim);
        }
        return claims;
    }

    private static boolean isOf(ResourceClaim claim, PodView pod) {
        return claim.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(OwnerReference::getUid)
                .anyMatch(pod.uid()::equals);
    }

    private static boolean isAllocated(ResourceClaim claim) {
        return claim.getStatus() != null && claim.getStatus().getAllocation() != null;
    }

    private static boolean isReservedFor(ResourceClaim claim, PodView pod) {
        return claim.getStatus().getReservedFor().stream()
                .anyMatch(consumer -> pod.uid().equals(consumer.getUid()));
    }

    private static boolean reaches(NodeSelector selector, NodeView node) {
        return selector == null || selector.getNodeSelectorTerms().stream().anyMatch(term -> Labels.match(term, node));
    }
}
