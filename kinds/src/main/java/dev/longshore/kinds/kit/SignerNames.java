package dev.longshore.kinds.kit;

import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import java.util.List;

/// Names of signers of certificates: `DOMAIN/PATH`. Bundles of one signer's trust carry its name before theirs.
public final class SignerNames {

    private static final int MAX_DOMAIN = 253;
    private static final int MAX_PATH = 253 + 63 + 1;
    private static final int MAX_LENGTH = MAX_DOMAIN + 1 + MAX_PATH;

    private SignerNames() {}

    /// Must be there and look like one.
    public static void check(Checks checks, String at, String name) {
        if (name.isEmpty()) {
            checks.required(at);
            return;
        }
        String[] parts = name.split("/", -1);
        if (parts.length != 2) {
            checks.invalid(at, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            return;
        }
        if (parts[0].length() > MAX_DOMAIN) {
            checks.add(Cause.tooLong(at, MAX_DOMAIN));
        }
        steps(checks, at, parts[0], NameRule.DNS_LABEL);
        if (!parts[0].contains(".")) {
            checks.invalid(at, parts[0], "should be a domain with at least two segments separated by dots");
        }
        steps(checks, at, parts[1], NameRule.DNS_SUBDOMAIN);
        checks.tooLong(at, name, MAX_LENGTH);
    }

    /// Names the first step that is wrong, and no other.
    private static void steps(Checks checks, String at, String part, NameRule rule) {
        for (String step : part.split("\\.", -1)) {
            List<String> faults = rule.check(step);
            faults.forEach(fault -> checks.invalid(at, part, "validating label \"" + step + "\": " + fault));
            if (!faults.isEmpty()) {
                return;
            }
        }
    }

    /// What is wrong with a trust bundle's name: `SIGNER:NAME`, with the signer's `/` as `:`, or just `NAME`.
    public static List<String> bundleNameFaults(String name) {
        int colon = name.lastIndexOf(':');
        if (colon >= 0) {
            return NameRule.DNS_SUBDOMAIN.check(name.substring(colon + 1));
        }
        return NameRule.DNS_SUBDOMAIN.check(name);
    }
}
