package dev.longshore.kinds.batch;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.FeatureGates;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.GatedFields;
import dev.longshore.kinds.pods.PodWarnings;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// Writing jobs: each marks its pods with its own uid, and says so in its selector.
final class JobStrategy implements Strategy {

    private static final long MANY_COMPLETIONS = 100_000;
    private static final long MANY_AT_ONCE = 10_000;

    private final BiConsumer<ObjectNode, JsonNode> template;

    JobStrategy(FeatureGates gates) {
        this.template = GatedFields.ofTemplate(gates, "spec", "template");
    }

    @Override
    public void applyDefaults(Resource object) {
        JobDefaults.apply(object.tree());
    }

    @Override
    public void prepareForCreate(Call call, Resource object) {
        object.tree().putObject("status");
        JobDefaults.select(object.tree(), object.uid(), object.name());
        template.accept(object.tree(), MissingNode.getInstance());
    }

    @Override
    public void prepareForUpdate(Call call, Resource object, Resource old) {
        Strategy.super.prepareForUpdate(call, object, old);
        template.accept(object.tree(), old.tree());
    }

    @Override
    public List<Cause> validate(Call call, Resource object) {
        return checked(object).causes();
    }

    private static Checks checked(Resource object) {
        var checks = new Checks();
        MetadataRules.checkFinalizers(object).forEach(checks::add);
        JobChecks.job(checks, object.tree());
        return checks;
    }

    @Override
    public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
        Checks checks = checked(object);
        checks.forgive(past -> JobChecks.job(past, old.tree()));
        new JobChanges(checks, object.tree(), old.tree()).check();
        return checks.causes();
    }

    @Override
    public List<Cause> validateStatusUpdate(Call call, Resource object, Resource old) {
        var checks = new Checks();
        MetadataRules.checkFinalizers(object).forEach(checks::add);
        new JobStatusChecks(checks, object.tree(), old.tree()).check();
        return checks.causes();
    }

    @Override
    public Propagation defaultPropagation() {
        return Propagation.ORPHAN;
    }

    @Override
    public List<String> deletionWarnings(boolean saysPropagation) {
        return saysPropagation
                ? List.of()
                : List.of("child pods are preserved by default when jobs are deleted; set"
                        + " propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress"
                        + " this warning");
    }

    @Override
    public List<String> warnings(Resource object) {
        var warnings =
                new ArrayList<>(PodWarnings.ofOwner(object.tree(), "spec.template", object.at("spec", "template")));
        warnings.addAll(ofSize(object.at("spec"), "spec"));
        return warnings;
    }

    /// What to say of very large jobs.
    static List<String> ofSize(JsonNode spec, String path) {
        boolean isLarge = JobChecks.isIndexed(spec)
                && Trees.number(spec, 0, "completions") > MANY_COMPLETIONS
                && Trees.number(spec, 0, "parallelism") > MANY_AT_ONCE;
        return isLarge
                ? List.of(path
                        + ": In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than"
                        + " 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes"
                        + " fail")
                : List.of();
    }
}
