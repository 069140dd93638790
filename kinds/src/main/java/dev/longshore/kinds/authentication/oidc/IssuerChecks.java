package dev.longshore.kinds.authentication.oidc;

import dev.longshore.kinds.authentication.PemText;
import dev.longshore.model.Cause;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Whether what is said of an issuer itself makes sense.
final class IssuerChecks {

    private static final String ANY = "MatchAny";

    private final List<Cause> causes;
    private final String path;

    private IssuerChecks(List<Cause> causes, String path) {
        this.causes = causes;
        this.path = path;
    }

    static void check(List<Cause> causes, String path, TrustedIssuer issuer, Set<String> own) {
        new IssuerChecks(causes, path).check(issuer, own);
    }

    private void check(TrustedIssuer issuer, Set<String> own) {
        if (issuer.url().isEmpty()) {
            causes.add(Cause.required(path + ".url", ""));
        } else {
            checkUrl("url", issuer.url(), own);
        }
        if (!issuer.discoveryUrl().isEmpty()) {
            if (!issuer.url().isEmpty() && trimmed(issuer.url()).equals(trimmed(issuer.discoveryUrl()))) {
                invalid("discoveryURL", issuer.discoveryUrl(), "discoveryURL must be different from URL");
            }
            checkUrl("discoveryURL", issuer.discoveryUrl(), Set.of());
        }
        checkAudiences(issuer);
        if (!issuer.certificateAuthority().isEmpty()) {
            try {
                PemText.certificates(issuer.certificateAuthority());
            } catch (IllegalArgumentException unreadable) {
                invalid("certificateAuthority", "<omitted>", unreadable.getMessage());
            }
        }
        if (!issuer.egress().isEmpty()) {
            boolean isKnown = Set.of("controlplane", "cluster").contains(issuer.egress());
            invalid(
                    "egressSelectorType",
                    issuer.egress(),
                    isKnown
                            ? "there is no egress selector here: leave it out"
                            : "egress selector must be either controlplane or cluster");
        }
    }

    private void checkUrl(String field, String text, Set<String> own) {
        if (own.contains(text)) {
            invalid(
                    field,
                    text,
                    "URL must not overlap with disallowed issuers: [" + String.join(" ", new TreeSet<>(own)) + "]");
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException malformed) {
            invalid(field, text, "parse " + Cause.quote(text) + ": " + malformed.getReason());
            return;
        }
        if (!"https".equalsIgnoreCase(url.getScheme())) {
            invalid(field, text, "URL scheme must be https");
        }
        if (url.getRawUserInfo() != null) {
            invalid(field, text, "URL must not contain a username or password");
        }
        if (url.getRawQuery() != null && !url.getRawQuery().isEmpty()) {
            invalid(field, text, "URL must not contain a query");
        }
        if (url.getRawFragment() != null && !url.getRawFragment().isEmpty()) {
            invalid(field, text, "URL must not contain a fragment");
        }
    }

    private void checkAudiences(TrustedIssuer issuer) {
        String list = path + ".audiences";
        if (issuer.audiences().isEmpty()) {
            causes.add(Cause.required(list, "at least one " + list + " is required"));
            return;
        }
        var seen = new HashSet<String>();
        for (int i = 0; i < issuer.audiences().size(); i++) {
            String audience = issuer.audiences().get(i);
            if (audience.isEmpty()) {
                causes.add(Cause.required(list + "[" + i + "]", ""));
            }
            if (!seen.add(audience)) {
                causes.add(Cause.duplicate(list + "[" + i + "]", Cause.quote(audience)));
            }
        }
        String policy = issuer.audienceMatchPolicy();
        if (issuer.audiences().size() > 1 && !policy.equals(ANY)) {
            invalid("audienceMatchPolicy", policy, "audienceMatchPolicy must be MatchAny for multiple audiences");
        } else if (!policy.isEmpty() && !policy.equals(ANY)) {
            invalid("audienceMatchPolicy", policy, "audienceMatchPolicy must be empty or MatchAny for single audience");
        }
    }

    private void invalid(String field, String value, String why) {
        causes.add(Cause.invalid(path + "." + field, Cause.quote(value), why));
    }

    private static String trimmed(String url) {
        return url.replaceFirst("/+$", "");
    }
}
