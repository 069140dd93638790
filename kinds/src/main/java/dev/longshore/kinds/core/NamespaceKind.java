package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Strategy;
import java.util.List;
import java.util.Set;

/// A space for names. A deleted one stays until a controller has emptied it and taken its name out of
/// spec.finalizers, by the finalize subresource.
final class NamespaceKind {

    private static final Set<String> STANDARD = Set.of("kubernetes", "orphan", "foregroundDeletion");
    private static final String LABEL = "kubernetes.io/metadata.name";

    private NamespaceKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "Namespace", "namespaces")
                .clusterScoped()
                .shortNames("ns")
                .verbs("create", "delete", "get", "list", "patch", "update", "watch")
                .status()
                .part("finalize", new Finalize(), "update")
                .field("status.phase")
                .table(Columns.named()
                        .text("Status", "Active, or Terminating.", namespace -> namespace.text("status", "phase"))
                        .age()
                        .table())
                .strategy(new Rules())
                .build();
    }

    private static class Rules implements Strategy {
        @Override
        public void applyDefaults(Resource object) {
            if (!object.name().isEmpty()) {
                object.metadata().withObject("labels").put(LABEL, object.name());
            }
        }

        @Override
        public void prepareForCreate(Call call, Resource object) {
            object.tree().putObject("status").put("phase", "Active");
            var finalizers = object.object("spec").withArray("finalizers");
            if (finalizers.valueStream().noneMatch(one -> one.asString("").equals("kubernetes"))) {
                finalizers.add("kubernetes");
            }
            // With generateName the name is only known now.
            applyDefaults(object);
        }

        @Override
        public void prepareForUpdate(Call call, Resource object, Resource old) {
            Strategy.super.prepareForUpdate(call, object, old);
            old.find("spec").ifPresent(spec -> object.tree().set("spec", spec));
        }

        @Override
        public void prepareForDelete(Resource object) {
            object.object("status").put("phase", "Terminating");
        }

        @Override
        public boolean isKept(Resource object) {
            return !object.at("spec", "finalizers").isEmpty();
        }

        @Override
        public boolean isNewGeneration(Resource object, Resource old) {
            return false;
        }

        @Override
        public List<Cause> validate(Call call, Resource object) {
            var checks = new Checks();
            MetadataRules.checkFinalizers(object).forEach(checks::add);
            finalizers(checks, object, false);
            return checks.causes();
        }

        @Override
        public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
            return MetadataRules.checkFinalizers(object);
        }

        @Override
        public List<Cause> validateStatusUpdate(Call call, Resource object, Resource old) {
            var checks = new Checks();
            MetadataRules.checkFinalizers(object).forEach(checks::add);
            String phase = object.text("status", "phase");
            if (object.isTerminating() && !phase.equals("Terminating")) {
                checks.invalid("status.Phase", phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
            } else if (!object.isTerminating() && !phase.equals("Active")) {
                checks.invalid("status.Phase", phase, "may only be 'Active' if `deletionTimestamp` is empty");
            }
            return checks.causes();
        }

        static void finalizers(Checks checks, Resource object, boolean isNumbered) {
            List<String> names = Trees.strings(object.tree(), "spec", "finalizers");
            for (int i = 0; i < names.size(); i++) {
                String at = "spec.finalizers" + (isNumbered ? "[" + i + "]" : "");
                String name = names.get(i);
                Selectors.checkKey(checks, at, name);
                if (!name.contains("/") && !STANDARD.contains(name)) {
                    checks.invalid(at, name, "name is neither a standard finalizer name nor is it fully qualified");
                }
            }
        }

        @Override
        public NameRule nameRule() {
            return NameRule.DNS_LABEL;
        }
    }

    /// Only spec.finalizers changes here.
    private static final class Finalize extends Rules {

        @Override
        public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
            var checks = new Checks();
            finalizers(checks, object, true);
            return checks.causes();
        }

        @Override
        public void prepareForUpdate(Call call, Resource object, Resource old) {
            var finalizers = object.at("spec", "finalizers").deepCopy();
            var metadata = object.metadata();
            object.tree().setAll(old.copy().tree());
            object.tree().set("metadata", metadata);
            if (finalizers.isMissingNode()) {
                object.object("spec").remove("finalizers");
            } else {
                object.object("spec").set("finalizers", finalizers);
            }
        }
    }
}
