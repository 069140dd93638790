package dev.longshore.kinds.authentication.oidc;

import dev.longshore.model.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Whether an AuthenticationConfiguration makes sense.
public final class ConfigurationChecks {

    private static final int MOST = 64;

    private final List<Cause> causes = new ArrayList<>();
    private final List<CompiledIssuer> compiled = new ArrayList<>();

    private ConfigurationChecks() {}

    /// The issuers of `configuration`, ready for use.
    ///
    /// @param own the issuers of our own tokens, which nobody else may claim to be
    /// @throws IllegalArgumentException when something is wrong; it says all of it
    static List<CompiledIssuer> compile(AuthenticationConfiguration configuration, List<String> own) {
        var checks = new ConfigurationChecks();
        checks.check(configuration, Set.copyOf(own));
        if (!checks.causes.isEmpty()) {
            throw new IllegalArgumentException(said(checks.causes));
        }
        return checks.compiled;
    }

    /// As [#compile], for those who only want to know.
    public static void require(AuthenticationConfiguration configuration, List<String> own) {
        compile(configuration, own);
    }

    private void check(AuthenticationConfiguration configuration, Set<String> own) {
        if (configuration.issuers().size() > MOST) {
            causes.add(Cause.tooMany("jwt", configuration.issuers().size(), MOST));
            return;
        }
        var urls = new HashSet<String>();
        var discoveries = new HashSet<String>();
        for (int i = 0; i < configuration.issuers().size(); i++) {
            TrustedIssuer issuer = configuration.issuers().get(i);
            String path = "jwt[" + i + "]";
            IssuerChecks.check(causes, path + ".issuer", issuer, own);
            compiled.add(new MappingChecks(causes, path, issuer).compile());
            if (!urls.add(issuer.url())) {
                causes.add(Cause.duplicate(path + ".issuer.url", Cause.quote(issuer.url())));
            }
            if (!issuer.discoveryUrl().isEmpty() && !discoveries.add(issuer.discoveryUrl())) {
                causes.add(Cause.duplicate(path + ".issuer.discoveryURL", Cause.quote(issuer.discoveryUrl())));
            }
        }
        configuration
                .anonymous()
                .filter(anonymous ->
                        !anonymous.isEnabled() && !anonymous.paths().isEmpty())
                .ifPresent(anonymous -> causes.add(Cause.invalid(
                        "anonymous.conditions",
                        anonymous.paths().stream()
                                .map(path -> "{\"path\":" + Cause.quote(path) + "}")
                                .collect(Collectors.joining(",", "[", "]")),
                        "enabled should be set to true when conditions are defined")));
    }

    private static String said(List<Cause> causes) {
        List<String> all = causes.stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .distinct()
                .toList();
        return all.size() == 1 ? all.getFirst() : "[" + String.join(", ", all) + "]";
    }
}
