package dev.longshore.apiserver;

import dev.longshore.base.Time;
import dev.longshore.model.Meters;
import dev.longshore.model.Meters.Meter;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.stream.DoubleStream;

/// Counts who is known and who may, under kube-apiserver's names. Thread-safe.
final class AccessMeters {

    private static final List<Double> BOUNDS =
            DoubleStream.iterate(0.001, bound -> bound * 2).limit(15).boxed().toList();
    private static final Meter ATTEMPTS =
            Meter.counter("authentication_attempts", "Requests by what became known of who asks.", "result");
    private static final Meter USERS = Meter.counter(
            "authenticated_user_requests", "Requests of users who are known, administrators and others.", "username");
    private static final Meter AUTHENTICATION =
            Meter.histogram("authentication_duration_seconds", "How long it took to know who asks.", BOUNDS, "result");
    private static final Meter DECISIONS =
            Meter.counter("authorization_attempts_total", "Requests by whether they were allowed.", "result");
    private static final Meter AUTHORIZATION =
            Meter.histogram("authorization_duration_seconds", "How long it took to decide that.", BOUNDS, "result");

    private final Time time;
    private final Meters meters = new Meters();

    AccessMeters(Time time) {
        this.time = time;
    }

    long now() {
        return time.nanoTime();
    }

    /// It became known at once who asks, or with credentials since `begun`.
    void known(UserInfo user, long begun) {
        meters.count(USERS, shown(user.name()));
        attempt("success", begun);
    }

    /// Nobody is known.
    ///
    /// @param result `failure` without credentials, `error` if they do not hold
    void unknown(String result, long begun) {
        attempt(result, begun);
    }

    private void attempt(String result, long begun) {
        meters.count(ATTEMPTS, result);
        meters.took(AUTHENTICATION, now() - begun, result);
    }

    /// It was decided whether a request is allowed.
    ///
    /// @param result `allowed`, `denied`, `no-opinion` or `error`
    void decided(String result, long begun) {
        meters.count(DECISIONS, result);
        meters.took(AUTHORIZATION, now() - begun, result);
    }

    /// So that there are not as many series as users.
    private static String shown(String name) {
        return switch (name) {
            case "admin", "client", "kube_proxy", "kubelet", "system:serviceaccount:kube-system:default" -> name;
            default -> name.contains("@") ? "email_id" : "other";
        };
    }

    List<MetricFamily> families() {
        return meters.families();
    }
}
