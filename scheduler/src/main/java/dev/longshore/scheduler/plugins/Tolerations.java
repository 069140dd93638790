package dev.longshore.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;

/// Which taints are tolerated.
final class Tolerations {

    private Tolerations() {}

    static boolean tolerate(List<Toleration> tolerations, Taint taint) {
        return tolerations.stream().anyMatch(toleration -> tolerates(toleration, taint));
    }

    private static boolean tolerates(Toleration toleration, Taint taint) {
        boolean isOfEffect =
                text(toleration.getEffect()).isEmpty() || toleration.getEffect().equals(taint.getEffect());
        boolean isOfKey =
                text(toleration.getKey()).isEmpty() || toleration.getKey().equals(taint.getKey());
        boolean isOfValue = "Exists".equals(toleration.getOperator())
                || text(toleration.getValue()).equals(text(taint.getValue()));
        return isOfEffect && isOfKey && isOfValue;
    }

    static String text(String value) {
        return value == null ? "" : value;
    }
}
