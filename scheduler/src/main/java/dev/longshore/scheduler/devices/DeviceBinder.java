package dev.longshore.scheduler.devices;

import dev.longshore.base.Time;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreBind;
import dev.longshore.scheduler.framework.PreparationException;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// Writes into claims what was chosen for them, and for which pod.
public final class DeviceBinder implements PreBind {

    /// Keeps a claim that has devices from going before they are given back.
    private static final String FINALIZER = "resource.kubernetes.io/delete-protection";

    private static final int CONFLICT = 409;
    private static final int MOST_TRIES = 5;

    private final KubernetesClient client;
    private final InformedDevices devices;
    private final PodDevices plans;
    private final Time time;

    /// Writes through `client`.
    public DeviceBinder(KubernetesClient client, InformedDevices devices, Time time) {
        this.client = client;
        this.devices = devices;
        this.plans = new PodDevices(devices);
        this.time = time;
    }

    @Override
    public String name() {
        return "DynamicResources";
    }

    @Override
    public Optional<Preparation> reserve(PodView pod, NodeView node) {
        if (pod.devices().isEmpty()) {
            return Optional.empty();
        }
        try {
            List<PodDevices.Plan> plan =
                    plans.plan(pod, node).orElseThrow(() -> new DeviceException("claim allocation not found for node"));
            plan.forEach(step -> step.allocation().ifPresent(given -> devices.choose(step.claim(), given)));
            return plan.isEmpty() ? Optional.empty() : Optional.of(new Writing(pod, plan));
        } catch (DeviceException changed) {
            return Optional.of(new Refused(changed.getMessage()));
        }
    }

    /// The world has changed since the pod was found to fit.
    private record Refused(String why) implements Preparation {
        @Override
        public void carryOut() {
            throw new PreparationException(why);
        }

        @Override
        public void giveBack() {}
    }

    private final class Writing implements Preparation {
        private final PodView pod;
        private final List<PodDevices.Plan> plan;

        Writing(PodView pod, List<PodDevices.Plan> plan) {
            this.pod = pod;
            this.plan = plan;
        }

        @Override
        public void carryOut() {
            try {
                plan.forEach(this::write);
            } catch (KubernetesClientException refused) {
                throw new PreparationException(refused.getMessage());
            } finally {
                // What was written counts by itself, and stays the pod's: it will be tried again.
                giveBack();
            }
        }

        @Override
        public void giveBack() {
            plan.forEach(step -> devices.forget(step.claim()));
        }

        private void write(PodDevices.Plan step) {
            ResourceClaim claim = step.claim();
            for (int attempt = 1; ; attempt++) {
                try {
                    devices.wrote(written(claim, step));
                    return;
                } catch (KubernetesClientException refused) {
                    if (refused.getCode() != CONFLICT || attempt == MOST_TRIES) {
                        throw refused;
                    }
                    claim = Optional.ofNullable(client.resource(step.claim()).get())
                            .orElseThrow(() -> new PreparationException("claim %s got deleted in the meantime"
                                    .formatted(step.claim().getMetadata().getName())));
                }
            }
        }

        private ResourceClaim written(ResourceClaim present, PodDevices.Plan step) {
            ResourceClaim claim = present;
            String name = claim.getMetadata().getNamespace() + "/"
                    + claim.getMetadata().getName();
            if (claim.getMetadata().getDeletionTimestamp() != null) {
                throw new PreparationException("claim %s got deleted in the meantime".formatted(name));
            }
            boolean isAllocated = claim.getStatus() != null && claim.getStatus().getAllocation() != null;
            if (step.allocation().isPresent()) {
                if (isAllocated) {
                    throw new PreparationException("claim %s got allocated elsewhere in the meantime".formatted(name));
                }
                if (!claim.getMetadata().getFinalizers().contains(FINALIZER)) {
                    claim = client.resource(new ResourceClaimBuilder(claim)
                                    .editMetadata()
                                    .addToFinalizers(FINALIZER)
                                    .endMetadata()
                                    .build())
                            .update();
                }
            } else if (!isAllocated) {
                throw new PreparationException("claim %s got deallocated elsewhere in the meantime".formatted(name));
            }
            return client.resource(reserved(claim, step)).updateStatus();
        }

        private ResourceClaim reserved(ResourceClaim claim, PodDevices.Plan step) {
            var builder = new ResourceClaimBuilder(claim)
                    .editOrNewStatus()
                    .addNewReservedFor()
                    .withResource("pods")
                    .withName(pod.name())
                    .withUid(pod.uid())
                    .endReservedFor();
            step.allocation().ifPresent(builder::withAllocation);
            if (step.allocation().isPresent()) {
                builder.editAllocation()
                        .withAllocationTimestamp(DateTimeFormatter.ISO_INSTANT.format(
                                time.now().truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC)))
                        .endAllocation();
            }
            return builder.endStatus().build();
        }
    }
}
