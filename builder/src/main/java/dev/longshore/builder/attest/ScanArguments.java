package dev.longshore.builder.attest;

import dev.longshore.builder.graph.Argument;
import dev.longshore.builder.graph.Plan;
import dev.longshore.builder.graph.PlannedStage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The arguments by which a Dockerfile says what an SBOM lists besides the result (BuildKit's
/// docs/attestations/sbom.md): `BUILDKIT_SBOM_SCAN_STAGE` and `BUILDKIT_SBOM_SCAN_CONTEXT`, before the first FROM or
/// in a stage; `true`, or the names of stages. They are no variables.
///
/// @param given `--build-arg`s, which count where the Dockerfile declares the argument
public record ScanArguments(Plan plan, Map<String, String> given) {

    private static final String STAGE = "BUILDKIT_SBOM_SCAN_STAGE";
    private static final String CONTEXT = "BUILDKIT_SBOM_SCAN_CONTEXT";
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");

    /// True if an argument called `name` is none for stages' commands.
    public static boolean isOne(String name) {
        return name.equals(STAGE) || name.equals(CONTEXT);
    }

    /// The stages to be listed, besides the target, of those that are built.
    public List<PlannedStage> stages() {
        return plan.needed().stream()
                .filter(stage -> stage.index() != plan.target().index())
                .filter(stage -> concerns(stage, STAGE))
                .toList();
    }

    /// True if the build's context is to be listed.
    public boolean context() {
        return concerns(plan.target(), CONTEXT);
    }

    private boolean concerns(PlannedStage stage, String name) {
        Optional<String> own = stage.lines().stream()
                .filter(line -> line.keyword().equals("ARG"))
                .flatMap(line -> Argument.of(line).stream())
                .filter(argument -> argument.name().equals(name))
                .reduce((first, second) -> second)
                .map(argument -> given.getOrDefault(name, argument.fallback().orElse("")));
        String value = own.orElseGet(() -> plan.arguments().declared().contains(name)
                ? plan.arguments().values().getOrDefault(name, "")
                : "");
        return TRUE.contains(value) || Arrays.asList(value.split(",", -1)).contains(stage.title());
    }
}
