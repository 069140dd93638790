package dev.longshore.scheduler.devices;

import dev.longshore.base.Time;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreBind;
import dev.longshore.scheduler.framework.PreparationException;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes into claims what was chosen for them, and for which pod; where somebody has to make devices ready for that
/// first, waits until this is done, has failed or takes too long.
public final class DeviceBinder implements PreBind {

    private static final Logger log = LoggerFactory.getLogger(DeviceBinder.class);
    private static final Duration HEARING_LIMIT = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(50);

    private final InformedDevices devices;
    private final PodDevices plans;
    private final ClaimWrites writes;
    private final Time time;
    private final BiConsumer<PodView, String> whenWaiting;

    /// Writes through `client`.
    ///
    /// @param whenWaiting told of a pod that waits for devices on a node
    public DeviceBinder(
            KubernetesClient client, InformedDevices devices, Time time, BiConsumer<PodView, String> whenWaiting) {
        this.devices = devices;
        this.plans = new PodDevices(devices);
        this.writes = new ClaimWrites(client, time);
        this.time = time;
        this.whenWaiting = whenWaiting;
    }

    @Override
    public String name() {
        return "DynamicResources";
    }

    @Override
    public Optional<Preparation> reserve(PodView pod, NodeView node) {
        if (!plans.concern(pod)) {
            return Optional.empty();
        }
        try {
            List<PodDevices.Plan> plan =
                    plans.plan(pod, node).orElseThrow(() -> new DeviceException("claim allocation not found for node"));
            plan.forEach(step -> step.allocation().ifPresent(given -> devices.choose(step.claim(), given)));
            return plan.isEmpty() ? Optional.empty() : Optional.of(new Writing(pod, node.name(), plan));
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
        private final String node;
        private final List<PodDevices.Plan> plan;
        /// As they were written.
        private final List<ResourceClaim> reserved = new ArrayList<>();

        Writing(PodView pod, String node, List<PodDevices.Plan> plan) {
            this.pod = pod;
            this.node = node;
            this.plan = plan;
        }

        @Override
        public void carryOut() throws InterruptedException {
            boolean done = false;
            try {
                for (PodDevices.Plan step : plan) {
                    write(step);
                }
                new BindingWait(devices::present, devices::giveUp, time)
                        .await(reserved, () -> whenWaiting.accept(pod, node));
                done = true;
            } catch (KubernetesClientException refused) {
                throw new PreparationException(refused.getMessage());
            } finally {
                if (!done) {
                    undo();
                }
                giveBack();
            }
        }

        @Override
        public void giveBack() {
            plan.forEach(step -> devices.forget(step.claim()));
        }

        private void write(PodDevices.Plan step) throws InterruptedException {
            if (!step.mappings().isEmpty()) {
                make(step);
                return;
            }
            boolean isReserved = step.claim().getStatus() != null
                    && step.claim().getStatus().getReservedFor().stream()
                            .anyMatch(consumer -> pod.uid().equals(consumer.getUid()));
            ResourceClaim claim = isReserved ? step.claim() : writes.reserve(pod, step.claim(), step);
            reserved.add(claim);
            if (!isReserved) {
                devices.wrote(claim);
            }
        }

        private void make(PodDevices.Plan step) throws InterruptedException {
            ResourceClaim claim = writes.make(step.claim());
            reserved.add(claim);
            claim = writes.reserve(pod, claim, step);
            reserved.set(reserved.size() - 1, claim);
            // Until others hear of it, the draft keeps its devices from them.
            long deadline = time.nanoTime() + HEARING_LIMIT.toNanos();
            while (!devices.isHeard(claim) && time.nanoTime() - deadline < 0) {
                time.sleep(POLL);
            }
            writes.tell(pod, claim, step.mappings());
        }

        /// The next attempt begins anew; what cannot be undone now is, by that one or with the pod.
        private void undo() {
            for (ResourceClaim claim : reserved) {
                boolean isOurs = claim.getMetadata().getAnnotations() != null
                        && claim.getMetadata().getAnnotations().containsKey(ExtendedClaims.ANNOTATION);
                try {
                    if (isOurs) {
                        writes.delete(claim);
                    } else {
                        writes.unreserve(pod, claim);
                    }
                } catch (KubernetesClientException refused) {
                    log.warn(
                            "pod {}: claim {} cannot be taken back now: {}",
                            pod.key(),
                            claim.getMetadata().getName(),
                            refused.getMessage());
                }
            }
        }
    }
}
