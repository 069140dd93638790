package dev.longshore.kinds.kit;

import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.NameRule;
import dev.longshore.model.Reach;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// A strategy made of rules given one by one.
public final class RuleStrategy implements Strategy {

    private static final List<String> CLIENTS_METADATA =
            List.of("labels", "annotations", "finalizers", "ownerReferences");

    private final Rules rules;

    RuleStrategy(Rules rules) {
        this.rules = rules;
    }

    /// A rule for every write.
    @FunctionalInterface
    public interface Check {
        /// Adds to `checks` what is wrong with `object`.
        void check(Checks checks, ObjectNode object);
    }

    /// A rule for changes.
    @FunctionalInterface
    public interface ChangeCheck {
        /// Adds to `checks` what is wrong with a change from `old` to `object`.
        void check(Checks checks, ObjectNode object, ObjectNode old);
    }

    /// What the builder collects.
    static final class Rules {
        Consumer<ObjectNode> canonicalize = tree -> {};
        Consumer<ObjectNode> defaults = tree -> {};
        Consumer<ObjectNode> initial = tree -> {};
        BiConsumer<ObjectNode, ObjectNode> kept = (object, old) -> {};
        BiConsumer<ObjectNode, JsonNode> prepared = (object, old) -> {};
        BiConsumer<ObjectNode, ObjectNode> keptInStatus = (object, old) -> {};
        final List<Check> checks = new ArrayList<>();
        final List<Check> newChecks = new ArrayList<>();
        final List<ChangeCheck> changeChecks = new ArrayList<>();
        final List<ChangeCheck> statusChecks = new ArrayList<>();
        boolean checksOnlyChanges;
        boolean hasPlainFinalizers;
        NameRule nameRule = NameRule.DNS_SUBDOMAIN;
        boolean hasStatus = true;
        boolean keepsInitialStatus;
        boolean hasGeneration = true;
        List<String> countedFields = List.of();
        boolean createdByPut;
        boolean needsVersion;
        boolean ownsNothing;
        Optional<Duration> life = Optional.empty();
        Reach statusReach = Reach.allBut("spec");
        List<String> statusKeeps = List.of();
        boolean showsDeleted;
        Propagation propagation = Propagation.BACKGROUND;
        Runnable written = () -> {};
        Function<Resource, List<String>> warnings = object -> List.of();
    }

    @Override
    public void applyDefaults(Resource object) {
        rules.canonicalize.accept(object.tree());
        rules.defaults.accept(object.tree());
    }

    @Override
    public void prepareForCreate(Call call, Resource object) {
        if (rules.hasStatus && !rules.keepsInitialStatus) {
            object.tree().putObject("status");
        }
        rules.prepared.accept(object.tree(), MissingNode.getInstance());
        rules.initial.accept(object.tree());
    }

    @Override
    public void prepareForUpdate(Call call, Resource object, Resource old) {
        if (rules.hasStatus) {
            Strategy.super.prepareForUpdate(call, object, old);
        }
        rules.prepared.accept(object.tree(), old.tree());
        rules.kept.accept(object.tree(), old.tree());
    }

    @Override
    public void prepareForStatusUpdate(Call call, Resource object, Resource old) {
        Strategy.super.prepareForStatusUpdate(call, object, old);
        boolean keepsAll = rules.statusKeeps.contains("metadata");
        for (String field : CLIENTS_METADATA) {
            if (!keepsAll && !rules.statusKeeps.contains("metadata." + field)) {
                continue;
            }
            old.find("metadata", field)
                    .ifPresentOrElse(
                            before -> object.metadata().set(field, before),
                            () -> object.metadata().remove(field));
        }
        rules.keptInStatus.accept(object.tree(), old.tree());
    }

    @Override
    public List<Cause> validate(Call call, Resource object) {
        var checks = finalizers(object);
        rules.checks.forEach(check -> check.check(checks, object.tree()));
        rules.newChecks.forEach(check -> check.check(checks, object.tree()));
        return checks.causes();
    }

    private Checks finalizers(Resource object) {
        var checks = new Checks();
        if (!rules.hasPlainFinalizers) {
            MetadataRules.checkFinalizers(object).forEach(checks::add);
        }
        return checks;
    }

    @Override
    public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
        var checks = finalizers(object);
        if (!rules.checksOnlyChanges) {
            rules.checks.forEach(check -> check.check(checks, object.tree()));
            checks.forgive(past -> rules.checks.forEach(check -> check.check(past, old.tree())));
        }
        rules.changeChecks.forEach(check -> check.check(checks, object.tree(), old.tree()));
        return checks.causes();
    }

    @Override
    public List<Cause> validateStatusUpdate(Call call, Resource object, Resource old) {
        var checks = finalizers(object);
        rules.statusChecks.forEach(check -> check.check(checks, object.tree(), old.tree()));
        return checks.causes();
    }

    @Override
    public boolean isNewGeneration(Resource object, Resource old) {
        if (!rules.countedFields.isEmpty()) {
            return old.find("spec").isPresent()
                    && rules.countedFields.stream()
                            .anyMatch(field -> !Trees.same(object.tree(), old.tree(), "spec", field));
        }
        return rules.hasGeneration && Strategy.super.isNewGeneration(object, old);
    }

    @Override
    public Reservation reserve(Call call, Registry registry, Resource object, Optional<Resource> old) {
        return new Reservation() {
            @Override
            public void settle() {
                rules.written.run();
            }
        };
    }

    @Override
    public void afterDelete(Registry registry, Resource object) {
        rules.written.run();
    }

    @Override
    public NameRule nameRule() {
        return rules.nameRule;
    }

    @Override
    public boolean allowsCreateOnUpdate() {
        return rules.createdByPut;
    }

    @Override
    public boolean allowsUnconditionalUpdate() {
        return !rules.needsVersion;
    }

    @Override
    public Optional<Duration> timeToLive() {
        return rules.life;
    }

    @Override
    public boolean ownsNothing() {
        return rules.ownsNothing;
    }

    @Override
    public boolean showsDeleted() {
        return rules.showsDeleted;
    }

    @Override
    public Propagation defaultPropagation() {
        return rules.propagation;
    }

    @Override
    public Reach statusReach() {
        return rules.statusReach;
    }

    @Override
    public List<String> warnings(Resource object) {
        return rules.warnings.apply(object);
    }
}
