package dev.longshore.kinds.admission;

import dev.longshore.kinds.authorization.webhook.ReviewCall;
import dev.longshore.model.OutboundCall;
import java.util.function.Function;

/// How rules of admission reach others.
///
/// @param webhooks reaches webhooks as the users of a kubeconfig, or as nobody if its name is empty; throws
/// [IllegalArgumentException] if it cannot be read
/// @param backEnds finds who is asked about images
public record WaysOut(Function<String, OutboundCall> webhooks, ReviewCall.Finder backEnds) {

    /// To webhooks as nobody, and to nobody else.
    public static WaysOut of(OutboundCall webhooks) {
        return new WaysOut(kubeconfig -> kubeconfig.isEmpty() ? webhooks : nowhere(), kubeconfig -> nowhere());
    }

    private static <T> T nowhere() {
        throw new IllegalArgumentException("there is no way to ask others here");
    }
}
