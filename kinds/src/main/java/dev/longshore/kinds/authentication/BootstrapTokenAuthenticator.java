package dev.longshore.kinds.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.base.Time;
import dev.longshore.model.Authenticator;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Knows machines that are about to join by bootstrap tokens (`abcdef.0123456789abcdef`), which are kept as Secrets
/// in `kube-system`. Whatever is wrong with one, it is nobody's: the answer tells strangers nothing.
public final class BootstrapTokenAuthenticator implements Authenticator {

    private static final GroupResource SECRETS = new GroupResource("", "secrets");
    private static final String NAMESPACE = "kube-system";
    private static final String TYPE = "bootstrap.kubernetes.io/token";
    private static final String EVERYBODY = "system:bootstrappers";
    private static final Pattern TOKEN = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");
    private static final Pattern GROUP = Pattern.compile("system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]");

    private final Time time;
    private final Supplier<Registry> registry;

    /// Looks Secrets up in `registry`, which is asked for at each token, so that it may be built later.
    public BootstrapTokenAuthenticator(Time time, Supplier<Registry> registry) {
        this.time = time;
        this.registry = registry;
    }

    @Override
    public Verdict authenticate(Credentials credentials) {
        return credentials
                .bearerToken()
                .map(TOKEN::matcher)
                .filter(Matcher::matches)
                .flatMap(token -> user(token.group(1), token.group(2)))
                .<Verdict>map(Verdict.Known::new)
                .orElseGet(Verdict.NotMine::new);
    }

    private Optional<UserInfo> user(String id, String key) {
        return registry.get()
                .get(SECRETS, NAMESPACE, "bootstrap-token-" + id)
                .filter(secret -> !secret.isTerminating()
                        && secret.text("type").equals(TYPE)
                        && MessageDigest.isEqual(value(secret, "token-secret").getBytes(UTF_8), key.getBytes(UTF_8))
                        && value(secret, "token-id").equals(id)
                        && !hasEnded(secret)
                        && value(secret, "usage-bootstrap-authentication").equals("true"))
                .flatMap(secret -> groups(value(secret, "auth-extra-groups")))
                .map(groups -> UserInfo.of("system:bootstrap:" + id, groups));
    }

    /// Empty when one of `extra` is no group of such machines.
    private static Optional<String[]> groups(String extra) {
        var groups = new TreeSet<String>();
        groups.add(EVERYBODY);
        if (!extra.isEmpty()) {
            groups.addAll(Arrays.asList(extra.split(",", -1)));
        }
        boolean areAllowed = groups.stream()
                .allMatch(
                        group -> group.equals(EVERYBODY) || GROUP.matcher(group).matches());
        return areAllowed ? Optional.of(groups.toArray(String[]::new)) : Optional.empty();
    }

    private boolean hasEnded(Resource secret) {
        String end = value(secret, "expiration");
        try {
            return !end.isEmpty() && !instant(end).isAfter(time.now());
        } catch (DateTimeParseException damaged) {
            return true;
        }
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static String value(Resource secret, String key) {
        try {
            return new String(Base64.getDecoder().decode(secret.text("data", key)), UTF_8);
        } catch (IllegalArgumentException damaged) {
            return "";
        }
    }
}
