package dev.longshore.kinds.custom;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Strategy;
import dev.longshore.model.Times;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A kind that a client makes. Here are only the rules for writing it; the API machine serves what it says.
public final class CustomResourceDefinitionKind {

    private static final String CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

    private CustomResourceDefinitionKind() {}

    /// The kind itself.
    public static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(
                        context, "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions")
                .clusterScoped()
                .shortNames("crd", "crds")
                .categories("api-extensions")
                .prefix("apiextensions.k8s.io/customresourcedefinitions")
                .status()
                .table(Columns.stamped())
                .strategy(new Rules(context.time()))
                .build();
    }

    private record Rules(Time time) implements Strategy {
        @Override
        public void applyDefaults(Resource object) {
            Trees.object(object.tree(), "spec").ifPresent(spec -> {
                ObjectNode names = Defaults.object(spec, "names");
                String kind = Trees.text(names, "kind");
                if (!kind.isEmpty()) {
                    Defaults.put(names, "singular", kind.toLowerCase(Locale.ROOT));
                    Defaults.put(names, "listKind", kind + "List");
                }
                ObjectNode conversion = Defaults.object(spec, "conversion");
                Defaults.put(conversion, "strategy", "None");
                Trees.object(conversion, "webhook", "clientConfig", "service")
                        .ifPresent(service -> Defaults.put(service, "port", 443));
            });
        }

        @Override
        public boolean allowsUnconditionalUpdate() {
            return false;
        }

        @Override
        public List<String> warnings(Resource object) {
            return UnknownFormats.in(object.tree()).stream()
                    .map(UnknownFormats::warning)
                    .toList();
        }

        @Override
        public List<String> changeWarnings(Resource object, Resource old) {
            var added = new java.util.LinkedHashSet<>(UnknownFormats.in(object.tree()));
            added.removeAll(UnknownFormats.in(old.tree()));
            return added.stream().map(UnknownFormats::warning).toList();
        }

        /// Its resources go first.
        @Override
        public void prepareForDelete(Resource object) {
            if (!MetadataRules.finalizers(object).contains(CLEANUP)) {
                object.metadata().withArray("finalizers").add(CLEANUP);
            }
            ObjectNode status = object.object("status");
            ObjectNode condition = Trees.list(status, "conditions").stream()
                    .filter(known -> Trees.text(known, "type").equals("Terminating"))
                    .findFirst()
                    .orElseGet(() -> status.withArray("conditions").addObject());
            if (!Trees.text(condition, "status").equals("True")) {
                condition.put("lastTransitionTime", Times.print(time.now()));
            }
            condition
                    .put(
                            "message",
                            "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon")
                    .put("reason", "InstanceDeletionPending")
                    .put("status", "True")
                    .put("type", "Terminating");
        }

        /// From the beginning of its deletion until its resources are gone.
        @Override
        public boolean isKept(Resource object) {
            return !object.isTerminating() || MetadataRules.finalizers(object).contains(CLEANUP);
        }

        @Override
        public void prepareForCreate(Call call, Resource object) {
            object.tree().putObject("status");
            remember(object);
        }

        @Override
        public void prepareForUpdate(Call call, Resource object, Resource old) {
            Strategy.super.prepareForUpdate(call, object, old);
            remember(object);
        }

        /// Objects may be stored in this version from now on, and nobody knows until when.
        private static void remember(Resource object) {
            var stored = object.object("status").withArray("storedVersions");
            for (ObjectNode version : Trees.list(object.tree(), "spec", "versions")) {
                String name = Trees.text(version, "name");
                boolean isNew = stored.valueStream()
                        .noneMatch(known -> known.asString("").equals(name));
                if (Trees.flag(version, "storage") && isNew) {
                    stored.add(name);
                }
            }
        }

        @Override
        public List<Cause> validate(Call call, Resource object) {
            var checks = new Checks();
            CustomResourceChecks.check(checks, object.tree());
            CustomResourceChecks.approval(checks, object.tree(), Optional.empty());
            return checks.causes();
        }

        @Override
        public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
            var checks = new Checks();
            CustomResourceChecks.check(checks, object.tree());
            CustomResourceChecks.change(checks, object.tree(), old.tree());
            CustomResourceChecks.approval(checks, object.tree(), Optional.of(old.tree()));
            return checks.causes();
        }

        @Override
        public List<Cause> validateStatusUpdate(Call call, Resource object, Resource old) {
            var checks = new Checks();
            CustomResourceChecks.storedVersions(checks, object.tree());
            return checks.causes();
        }
    }
}
