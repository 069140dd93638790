package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.FeatureGates;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Reach;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Writing pods: what clients set once may hardly be changed, and deletion waits for the node.
public final class PodStrategy implements Strategy {

    private final FeatureGates gates;

    /// @param gates what is open
    public PodStrategy(FeatureGates gates) {
        this.gates = gates;
    }

    /// Every change of the spec is one, but that a pod is bound to its node.
    @Override
    public boolean isNewGeneration(Resource object, Resource old) {
        boolean isBound = old.find("spec").isPresent()
                && old.text("spec", "nodeName").isEmpty()
                && !object.text("spec", "nodeName").isEmpty();
        return !isBound && Strategy.super.isNewGeneration(object, old);
    }

    @Override
    public void applyDefaults(Resource object) {
        PodDefaults.pod(object.tree());
    }

    @Override
    public void prepareForCreate(Call call, Resource object) {
        ObjectNode spec = object.object("spec");
        // Admission may have named the account since the defaults were filled in.
        PodDefaults.serviceAccount(spec);
        GatedFields.drop(gates, spec);
        LabelKeys.apply(object.tree());
        object.tree().remove("status");
        ObjectNode status = object.object("status");
        status.put("phase", "Pending").put("qosClass", Qos.of(spec));
        if (!spec.path("schedulingGates").isEmpty()) {
            status.putArray("conditions")
                    .addObject()
                    .put("type", "PodScheduled")
                    .put("status", "False")
                    .put("reason", "SchedulingGated")
                    .put("message", "Scheduling is blocked due to non-empty scheduling gates");
        }
    }

    @Override
    public void prepareForUpdate(Call call, Resource object, Resource old) {
        Strategy.super.prepareForUpdate(call, object, old);
        PodDefaults.serviceAccount(object.object("spec"));
        GatedFields.drop(gates, object.object("spec"), old.at("spec"));
    }

    @Override
    public Reach statusReach() {
        return Reach.allBut("spec", "metadata.deletionTimestamp", "metadata.ownerReferences");
    }

    @Override
    public void prepareForStatusUpdate(Call call, Resource object, Resource old) {
        Strategy.super.prepareForStatusUpdate(call, object, old);
        for (String kept : List.of("deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences")) {
            var before = old.metadata().get(kept);
            if (before == null) {
                object.metadata().remove(kept);
            } else {
                object.metadata().set(kept, before);
            }
        }
        GatedFields.dropOfStatus(object.object("status"), old.at("status"));
        if (object.text("status", "qosClass").isEmpty()) {
            object.object("status").put("qosClass", old.text("status", "qosClass"));
        }
    }

    @Override
    public List<Cause> validate(Call call, Resource object) {
        var checks = new Checks();
        PodChecks.pod(checks, object.tree());
        PodChecks.created(checks, object.tree());
        return checks.causes();
    }

    @Override
    public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
        var checks = new Checks();
        PodChecks.pod(checks, object.tree());
        PodChanges.check(checks, object.tree(), old.tree());
        checks.forgive(past -> PodChecks.pod(past, old.tree()));
        return checks.causes();
    }

    @Override
    public List<Cause> validateStatusUpdate(Call call, Resource object, Resource old) {
        var checks = new Checks();
        new PodStatusChecks(checks, object.tree(), old.tree()).check();
        return checks.causes();
    }

    @Override
    public Optional<Duration> gracePeriod(Resource object, Optional<Duration> asked) {
        String phase = object.text("status", "phase");
        boolean isIdle =
                object.text("spec", "nodeName").isEmpty() || phase.equals("Failed") || phase.equals("Succeeded");
        long wanted = asked.map(Duration::toSeconds)
                .orElseGet(() -> Trees.number(object.tree(), 0, "spec", "terminationGracePeriodSeconds"));
        long seconds = wanted < 0 ? 1 : wanted;
        return Optional.of(isIdle ? Duration.ZERO : Duration.ofSeconds(seconds));
    }

    @Override
    public List<String> warnings(Resource object) {
        return PodWarnings.of(object.tree());
    }
}
