package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceTaint;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceToleration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Devices that are to be left alone, but by those who tolerate why.
final class Taints {

    private static final Set<String> HARD = Set.of("NoSchedule", "NoExecute");

    private Taints() {}

    static boolean tolerates(List<DeviceToleration> tolerations, OfferedDevice device) {
        return Objects.requireNonNullElse(device.device().getTaints(), List.<DeviceTaint>of()).stream()
                .filter(taint -> HARD.contains(taint.getEffect()))
                .allMatch(taint -> tolerations.stream().anyMatch(toleration -> tolerates(toleration, taint)));
    }

    private static boolean tolerates(DeviceToleration toleration, DeviceTaint taint) {
        boolean isEffect =
                isEmpty(toleration.getEffect()) || toleration.getEffect().equals(taint.getEffect());
        boolean isKey = isEmpty(toleration.getKey()) || toleration.getKey().equals(taint.getKey());
        boolean exists = "Exists".equals(toleration.getOperator());
        return isEffect && isKey && (exists || text(toleration.getValue()).equals(text(taint.getValue())));
    }

    private static boolean isEmpty(String text) {
        return text == null || text.isEmpty();
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }
}
