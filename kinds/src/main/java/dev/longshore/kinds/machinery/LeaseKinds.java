package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.ConfigKeys;
import dev.longshore.model.Conversion;
import dev.longshore.model.NameRule;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who holds what for how long, and who would like to.
final class LeaseKinds {

    private static final String OLDEST = "OldestEmulationVersion";

    private LeaseKinds() {}

    static List<ResourceDefinition> all(KindsContext context) {
        return List.of(leases(context), candidates(context, "v1beta1"), candidates(context, "v1alpha2"));
    }

    private static ResourceDefinition leases(KindsContext context) {
        return KindBuilder.kind(context, "coordination.k8s.io/v1", "Lease", "leases")
                .noGeneration()
                .createdByPut()
                .needsVersion()
                .table(Columns.named()
                        .text("Holder", "Who has it.", object -> object.text("spec", "holderIdentity"))
                        .age()
                        .table())
                .checks(LeaseKinds::check)
                .build();
    }

    private static void check(Checks checks, ObjectNode lease) {
        JsonNode spec = lease.path("spec");
        checks.positive("spec.leaseDurationSeconds", spec.path("leaseDurationSeconds"));
        checks.nonNegative("spec.leaseTransitions", spec.path("leaseTransitions"));
        String strategy = Trees.text(spec, "strategy");
        if (Trees.has(spec, "strategy")) {
            strategy(checks, strategy);
        }
        String preferred = Trees.text(spec, "preferredHolder");
        if (!preferred.isEmpty() && strategy.isEmpty()) {
            checks.forbidden("spec.preferredHolder", "may only be specified if `strategy` is defined");
        }
    }

    /// A strategy is Kubernetes' own, or has a domain. The original says the field's name twice.
    private static void strategy(Checks checks, String strategy) {
        if (strategy.contains("/")) {
            Selectors.checkKey(checks, "spec.strategy.strategy", strategy);
        } else {
            checks.only("spec.strategy.strategy", strategy, List.of(OLDEST));
        }
    }

    private static ResourceDefinition candidates(KindsContext context, String version) {
        return KindBuilder.kind(context, "coordination.k8s.io/" + version, "LeaseCandidate", "leasecandidates")
                .storedAs("coordination.k8s.io/v1beta1", Conversion.SAME_SHAPE)
                .noGeneration()
                .createdByPut()
                .needsVersion()
                .table(Columns.named()
                        .text("LeaseName", "What it wants.", object -> object.text("spec", "leaseName"))
                        .text("BinaryVersion", "Which version it is.", object -> object.text("spec", "binaryVersion"))
                        .text(
                                "EmulationVersion",
                                "As which version it behaves.",
                                object -> object.text("spec", "emulationVersion"))
                        .age()
                        .table())
                .names(NameRule.ANY)
                .newChecks((checks, object) ->
                        ConfigKeys.check(checks, "metadata.name", Trees.text(object, "metadata", "name")))
                .checks(LeaseKinds::candidate)
                .changeChecks(
                        (checks, object, old) -> checks.unchanged("spec.leaseName", object, old, "spec", "leaseName"))
                .build();
    }

    private static void candidate(Checks checks, ObjectNode object) {
        JsonNode spec = object.path("spec");
        checks.requiredText("spec.leaseName", Trees.text(spec, "leaseName"));
        String binary = Trees.text(spec, "binaryVersion");
        String emulated = Trees.text(spec, "emulationVersion");
        SemanticVersion ofEmulated = version(checks, "spec.emulationVersion", emulated);
        SemanticVersion ofBinary = SemanticVersion.ZERO;
        if (checks.requiredText("spec.binaryVersion", binary)) {
            ofBinary = version(checks, "spec.binaryVersion", binary);
        }
        if (!binary.isEmpty() && !emulated.isEmpty() && ofBinary.compareTo(ofEmulated) < 0) {
            checks.invalid("spec.binaryVersion", binary, "must be greater than or equal to `emulationVersion`");
        }
        String strategy = Trees.text(spec, "strategy");
        if (strategy.equals(OLDEST) && ofEmulated.compareTo(SemanticVersion.ZERO) == 0) {
            checks.required("spec.emulationVersion", "must be specified when `strategy` is 'OldestEmulationVersion'");
        }
        if (checks.requiredText("spec.strategy", strategy)) {
            strategy(checks, strategy);
        }
    }

    /// Where there is none to be read, the original goes on with 0.0.0.
    private static SemanticVersion version(Checks checks, String path, String text) {
        Optional<SemanticVersion> version = SemanticVersion.find(text);
        if (version.isEmpty() && !text.isEmpty()) {
            checks.invalid(path, text, "must be a valid semantic version");
        }
        return version.orElse(SemanticVersion.ZERO);
    }
}
