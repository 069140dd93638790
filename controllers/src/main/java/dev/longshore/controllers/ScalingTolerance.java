package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingRules;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;

/// How far usage may be from its target without anything being scaled, as parts of one (KEP-4951).
record ScalingTolerance(double down, double up) {

    /// Of autoscalers that do not say.
    static final double DEFAULT = 0.1;

    static ScalingTolerance of(HorizontalPodAutoscaler autoscaler) {
        HorizontalPodAutoscalerBehavior behavior = autoscaler.getSpec().getBehavior();
        return behavior == null
                ? new ScalingTolerance(DEFAULT, DEFAULT)
                : new ScalingTolerance(of(behavior.getScaleDown()), of(behavior.getScaleUp()));
    }

    private static double of(HPAScalingRules rules) {
        Quantity tolerance = rules == null ? null : rules.getTolerance();
        return tolerance == null ? DEFAULT : tolerance.getNumericalAmount().doubleValue();
    }

    boolean covers(double ratio) {
        return 1 - down <= ratio && ratio <= 1 + up;
    }
}
