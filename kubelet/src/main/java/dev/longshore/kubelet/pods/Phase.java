package dev.longshore.kubelet.pods;

/// Sums a pod up in one word.
final class Phase {

    private Phase() {}

    /// The word for a pod of which it is not to be known yet that it has ended.
    static String unfinished(PodState state) {
        boolean hasBegun =
                state.initialized || state.pod.getSpec().getInitContainers().isEmpty();
        return hasBegun ? "Running" : "Pending";
    }

    /// `Pending`, `Running`, `Succeeded` or `Failed`. The word is final only when nothing runs; in the `last`
    /// status of a pod it always is.
    static String of(PodState state, boolean last) {
        if (state.verdict.isPresent() && !state.anyRunning()) {
            return "Failed";
        }
        boolean initFailed = false;
        boolean mainFailed = false;
        boolean mainWaits = false;
        boolean mainLives = false;
        for (Declared declared : Declared.of(state.pod)) {
            ContainerRecord record = state.record(declared);
            boolean failed = record.ended.map(how -> !how.isSuccess()).orElse(false);
            switch (declared.role()) {
                case INIT -> initFailed |= !state.initialized && failed && !record.isRunning();
                case MAIN -> {
                    boolean started = record.isUp() || record.ended.isPresent() || record.before.isPresent();
                    mainWaits |= !started;
                    mainLives |= record.isRunning();
                    mainFailed |= !record.isRunning() && failed;
                }
                case SIDECAR, EPHEMERAL -> {
                    // They serve the others, whose ends count.
                }
            }
        }
        if (last) {
            return mainFailed || mainWaits || initFailed ? "Failed" : "Succeeded";
        }
        if (state.isFinished()) {
            if (state.anyRunning()) {
                return "Running";
            }
            return mainFailed || initFailed ? "Failed" : "Succeeded";
        }
        if (!state.initialized && !state.pod.getSpec().getInitContainers().isEmpty() && !mainLives) {
            return "Pending";
        }
        return mainWaits ? "Pending" : "Running";
    }
}
