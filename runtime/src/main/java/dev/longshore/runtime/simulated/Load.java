package dev.longshore.runtime.simulated;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a simulated container uses. The pod's annotations say so, also while it runs:
///
/// | Annotation | |
/// |---|---|
/// | `longshore.dev/simulated-cpu` | CPU of each of its containers: `250m`, `1.5` |
/// | `longshore.dev/simulated-memory` | working set of each: `64Mi`, `100M` |
/// | `longshore.dev/simulated-cpu.NAME` | CPU of the container NAME, whatever the others use |
/// | `longshore.dev/simulated-memory.NAME` | working set of the container NAME |
///
/// What is not said, or makes no sense, is a hundredth of a core and 16 MiB.
///
/// @param nanoCores in billionths of a core
record Load(long nanoCores, long bytes) {

    static final String CPU = "longshore.dev/simulated-cpu";
    static final String MEMORY = "longshore.dev/simulated-memory";

    private static final long USUAL_CPU = 10_000_000;
    private static final long USUAL_MEMORY = 16L << 20;
    private static final int NANO_SCALE = 9;
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(m|k|M|G|Ki|Mi|Gi)?");
    private static final Map<String, BigDecimal> UNITS = Map.of(
            "m", new BigDecimal("0.001"),
            "k", new BigDecimal("1e3"),
            "M", new BigDecimal("1e6"),
            "G", new BigDecimal("1e9"),
            "Ki", BigDecimal.valueOf(1L << 10),
            "Mi", BigDecimal.valueOf(1L << 20),
            "Gi", BigDecimal.valueOf(1L << 30));

    static Load of(Map<String, String> annotations, String container) {
        return new Load(
                amount(annotations, CPU, container)
                        .map(cores -> cores.scaleByPowerOfTen(NANO_SCALE).longValue())
                        .orElse(USUAL_CPU),
                amount(annotations, MEMORY, container)
                        .map(BigDecimal::longValue)
                        .orElse(USUAL_MEMORY));
    }

    private static Optional<BigDecimal> amount(Map<String, String> annotations, String name, String container) {
        return amount(annotations.getOrDefault(name + "." + container, ""))
                .or(() -> amount(annotations.getOrDefault(name, "")));
    }

    private static Optional<BigDecimal> amount(String text) {
        Matcher amount = AMOUNT.matcher(text);
        return amount.matches()
                ? Optional.of(new BigDecimal(amount.group(1))
                        .multiply(amount.group(2) == null ? BigDecimal.ONE : UNITS.get(amount.group(2))))
                : Optional.empty();
    }
}
