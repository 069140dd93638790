package dev.longshore.autoscaler;

/// Something that people should know of the cluster, told as an event of the status ConfigMap.
record Notice(boolean isWarning, String reason, String message) {

    static Notice normal(String reason, String message) {
        return new Notice(false, reason, message);
    }

    static Notice warning(String reason, String message) {
        return new Notice(true, reason, message);
    }
}
