package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// A pod at a glance, as kubectl shows it: the phase, unless a container has something more telling to say.
///
/// @param status such as `Running`, `Init:0/1`, `CrashLoopBackOff`, `Terminating`
/// @param lastRestart when a container ended for the last time (RFC 3339), or empty
public record PodGlance(int ready, int total, String status, int restarts, String lastRestart) {

    /// Looks at `pod`.
    public static PodGlance of(Resource pod) {
        return new Look(pod).glance();
    }

    /// `1/2`.
    public String readiness() {
        return ready + "/" + total;
    }

    /// True if the condition of `type` holds.
    static boolean isTrue(Resource pod, String type) {
        return Trees.list(pod.tree(), "status", "conditions").stream()
                .anyMatch(condition -> Trees.text(condition, "type").equals(type)
                        && Trees.text(condition, "status").equals("True"));
    }

    /// One look; the fields collect what the containers say.
    private static final class Look {
        private final Resource pod;
        private final Set<String> sidecars = new HashSet<>();
        private final int initTotal;
        private int ready;
        private int total;
        private String status;
        private int restarts;
        private String lastRestart = "";
        private int sidecarRestarts;
        private String lastSidecarRestart = "";

        Look(Resource pod) {
            this.pod = pod;
            List<ObjectNode> inits = Trees.list(pod.tree(), "spec", "initContainers");
            for (ObjectNode init : inits) {
                if (Trees.text(init, "restartPolicy").equals("Always")) {
                    sidecars.add(Trees.text(init, "name"));
                }
            }
            initTotal = inits.size();
            total = Trees.list(pod.tree(), "spec", "containers").size() + sidecars.size();
            String reason = pod.text("status", "reason");
            status = reason.isEmpty() ? pod.text("status", "phase") : reason;
        }

        PodGlance glance() {
            for (ObjectNode condition : Trees.list(pod.tree(), "status", "conditions")) {
                if (Trees.text(condition, "type").equals("PodScheduled")
                        && Trees.text(condition, "reason").equals("SchedulingGated")) {
                    status = "SchedulingGated";
                }
            }
            if (!isInitializing() || isTrue(pod, "Initialized")) {
                containers();
            }
            String phase = pod.text("status", "phase");
            if (pod.isTerminating() && pod.text("status", "reason").equals("NodeLost")) {
                status = "Unknown";
            } else if (pod.isTerminating() && !phase.equals("Succeeded") && !phase.equals("Failed")) {
                status = "Terminating";
            }
            return new PodGlance(ready, total, status, restarts, lastRestart);
        }

        private boolean isInitializing() {
            int index = 0;
            for (ObjectNode container : Trees.list(pod.tree(), "status", "initContainerStatuses")) {
                boolean isSidecar = sidecars.contains(Trees.text(container, "name"));
                int count = (int) Trees.number(container, 0, "restartCount");
                String ended = Trees.text(container, "lastState", "terminated", "finishedAt");
                restarts += count;
                lastRestart = later(lastRestart, ended);
                if (isSidecar) {
                    sidecarRestarts += count;
                    lastSidecarRestart = later(lastSidecarRestart, ended);
                }
                boolean isTerminated = Trees.has(container, "state", "terminated");
                String waiting = Trees.text(container, "state", "waiting", "reason");
                if (isTerminated && Trees.number(container, 0, "state", "terminated", "exitCode") == 0) {
                    index++;
                    continue;
                }
                if (isSidecar && Trees.flag(container, "started")) {
                    ready += Trees.flag(container, "ready") ? 1 : 0;
                    index++;
                    continue;
                }
                if (isTerminated) {
                    status = "Init:" + ending(container);
                } else if (!waiting.isEmpty() && !waiting.equals("PodInitializing")) {
                    status = "Init:" + waiting;
                } else {
                    status = "Init:" + index + "/" + initTotal;
                }
                return true;
            }
            return false;
        }

        private void containers() {
            restarts = sidecarRestarts;
            lastRestart = lastSidecarRestart;
            boolean hasRunning = false;
            String failure = "";
            for (ObjectNode container :
                    Trees.list(pod.tree(), "status", "containerStatuses").reversed()) {
                restarts += (int) Trees.number(container, 0, "restartCount");
                lastRestart = later(lastRestart, Trees.text(container, "lastState", "terminated", "finishedAt"));
                String waiting = Trees.text(container, "state", "waiting", "reason");
                if (!waiting.isEmpty()) {
                    status = waiting;
                } else if (Trees.has(container, "state", "terminated")) {
                    status = ending(container);
                    boolean hasFailed = Trees.number(container, 0, "state", "terminated", "exitCode") != 0;
                    failure = hasFailed ? status : failure;
                } else if (Trees.flag(container, "ready") && Trees.has(container, "state", "running")) {
                    hasRunning = true;
                    ready++;
                }
            }
            if (!status.equals("Completed")) {
                return;
            }
            if (hasRunning && isTrue(pod, "Ready")) {
                status = "Running";
            } else if (!failure.isEmpty()) {
                status = failure;
            } else if (hasRunning) {
                status = "NotReady";
            }
        }

        private static String ending(ObjectNode container) {
            String reason = Trees.text(container, "state", "terminated", "reason");
            if (!reason.isEmpty()) {
                return reason;
            }
            long signal = Trees.number(container, 0, "state", "terminated", "signal");
            return signal != 0
                    ? "Signal:" + signal
                    : "ExitCode:" + Trees.number(container, 0, "state", "terminated", "exitCode");
        }

        /// RFC 3339 in UTC, as the wire has it, sorts as text.
        private static String later(String one, String other) {
            return one.compareTo(other) >= 0 ? one : other;
        }
    }
}
