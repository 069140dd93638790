package dev.longshore.kinds.kit;

import dev.longshore.model.NameRule;
import java.util.List;

/// Names of signers of certificates: `DOMAIN/PATH`. Bundles of one signer's trust carry its name before theirs.
public final class SignerNames {

    private static final int MAX_PATH = 253;
    private static final int MAX_DOMAIN = 253;
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
        NameRule.DNS_SUBDOMAIN
                .check(parts[0])
                .forEach(fault -> checks.invalid(at, parts[0], "validating label \"" + parts[0] + "\": " + fault));
        if (parts[0].split("\\.", -1).length < 2) {
            checks.invalid(at, parts[0], "should be a domain with at least two segments separated by dots");
        }
        if (parts[1].isEmpty()) {
            checks.invalid(at, parts[1], "validating label \"" + parts[1] + "\": must not be empty");
        } else {
            for (String step : parts[1].split("\\.", -1)) {
                NameRule.DNS_LABEL
                        .check(step)
                        .forEach(fault -> checks.invalid(at, parts[1], "validating label \"" + step + "\": " + fault));
            }
        }
        checks.tooLong(at, name, MAX_LENGTH);
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
