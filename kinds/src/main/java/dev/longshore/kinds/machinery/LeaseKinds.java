package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Conversion;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who holds what for how long, and who would like to.
final class LeaseKinds {

    private static final String OLDEST = "OldestEmulationVersion";
    private static final Pattern VERSION = Pattern.compile("v?(\\d{1,9})(\\.\\d{1,9})?(\\.\\d{1,9})?([-+].*)?");

    private LeaseKinds() {}

    static List<ResourceDefinition> all(KindsContext context) {
        return List.of(leases(context), candidates(context, "v1beta1"), candidates(context, "v1alpha2"));
    }

    private static ResourceDefinition leases(KindsContext context) {
        return KindBuilder.kind(context, "coordination.k8s.io/v1", "Lease", "leases")
                .noGeneration()
                .createdByPut()
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
            checks.invalid("spec.preferredHolder", preferred, "may only be specified if `strategy` is defined");
        }
    }

    /// A strategy is Kubernetes' own, or has a domain.
    private static void strategy(Checks checks, String strategy) {
        if (strategy.contains("/")) {
            Selectors.checkKey(checks, "spec.strategy", strategy);
        } else {
            checks.only("spec.strategy", strategy, List.of(OLDEST));
        }
    }

    private static ResourceDefinition candidates(KindsContext context, String version) {
        return KindBuilder.kind(context, "coordination.k8s.io/" + version, "LeaseCandidate", "leasecandidates")
                .storedAs("coordination.k8s.io/v1beta1", Conversion.SAME_SHAPE)
                .noGeneration()
                .createdByPut()
                .table(Columns.named()
                        .text("LeaseName", "What it wants.", object -> object.text("spec", "leaseName"))
                        .text("BinaryVersion", "Which version it is.", object -> object.text("spec", "binaryVersion"))
                        .text(
                                "EmulationVersion",
                                "As which version it behaves.",
                                object -> object.text("spec", "emulationVersion"))
                        .age()
                        .table())
                .checks(LeaseKinds::candidate)
                .build();
    }

    private static void candidate(Checks checks, ObjectNode object) {
        JsonNode spec = object.path("spec");
        checks.requiredText("spec.leaseName", Trees.text(spec, "leaseName"));
        String binary = Trees.text(spec, "binaryVersion");
        String emulated = Trees.text(spec, "emulationVersion");
        Optional<long[]> ofBinary = version(checks, "spec.binaryVersion", binary, true);
        Optional<long[]> ofEmulated = version(checks, "spec.emulationVersion", emulated, false);
        if (ofBinary.isPresent() && ofEmulated.isPresent() && isLess(ofBinary.get(), ofEmulated.get())) {
            checks.invalid("spec.binaryVersion", binary, "must be greater than or equal to `emulationVersion`");
        }
        String strategy = Trees.text(spec, "strategy");
        if (checks.requiredText("spec.strategy", strategy)) {
            strategy(checks, strategy);
        }
        if (strategy.equals(OLDEST) && emulated.isEmpty()) {
            checks.required("spec.emulationVersion", "must be specified when `strategy` is 'OldestEmulationVersion'");
        }
    }

    private static Optional<long[]> version(Checks checks, String path, String text, boolean isRequired) {
        if (text.isEmpty()) {
            if (isRequired) {
                checks.required(path);
            }
            return Optional.empty();
        }
        var matcher = VERSION.matcher(text);
        if (!matcher.matches()) {
            checks.invalid(path, text, "must be a semantic version");
            return Optional.empty();
        }
        long[] numbers = new long[3];
        for (int i = 0; i < numbers.length; i++) {
            String part = matcher.group(i + 1);
            numbers[i] = part == null ? 0 : Long.parseLong(i == 0 ? part : part.substring(1));
        }
        return Optional.of(numbers);
    }

    private static boolean isLess(long[] left, long[] right) {
        return java.util.Arrays.compare(left, right) < 0;
    }
}
