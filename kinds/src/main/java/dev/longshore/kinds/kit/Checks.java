package dev.longshore.kinds.kit;

import dev.longshore.base.Json;
import dev.longshore.model.Cause;
import dev.longshore.model.IpText;
import dev.longshore.model.NameRule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Collects what is wrong with an object, in kube-apiserver's words. Not thread-safe; one for each validation.
public final class Checks {

    /// What is said of fields that may never change.
    public static final String IMMUTABLE = "field is immutable";

    private static final int MAX_DRIVER = 63;
    private static final int MAX_ANNOTATIONS = 256 * 1024;
    private static final Pattern URL_PATH = Pattern.compile("[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+");
    private static final Pattern WILDCARD =
            Pattern.compile("\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern PORT_NAME = Pattern.compile("[-a-z0-9]+");

    private final List<Found> found = new ArrayList<>();
    private Optional<Tightened> judging = Optional.empty();

    private record Found(Cause cause, Optional<Tightened> rule) {}

    /// All that was found.
    public List<Cause> causes() {
        return found.stream().map(Found::cause).toList();
    }

    /// How much was found so far.
    public int count() {
        return found.size();
    }

    /// Adds `cause`.
    public void add(Cause cause) {
        found.add(new Found(cause, judging));
    }

    /// Runs `checks`, whose findings an update may be forgiven under `rule`.
    public void under(Tightened rule, Runnable checks) {
        Optional<Tightened> outer = judging;
        judging = Optional.of(rule);
        try {
            checks.run();
        } finally {
            judging = outer;
        }
    }

    /// Forgives an update what the stored object breaks as well.
    ///
    /// @param old the same checks, of the stored object; asked only if there is something to forgive
    public void forgive(Consumer<Checks> old) {
        if (found.stream().noneMatch(one -> one.rule().isPresent())) {
            return;
        }
        var before = new Checks();
        old.accept(before);
        Set<Tightened> broken =
                before.found.stream().flatMap(one -> one.rule().stream()).collect(Collectors.toSet());
        found.removeIf(one -> one.rule().filter(broken::contains).isPresent());
    }

    /// Something must be there.
    public void required(String path) {
        required(path, "");
    }

    /// Something must be there, and why.
    public void required(String path, String detail) {
        add(Cause.required(path, detail));
    }

    /// A string that is wrong.
    public void invalid(String path, String value, String detail) {
        add(Cause.invalid(path, Cause.quote(value), detail));
    }

    /// A number that is wrong.
    public void invalid(String path, long value, String detail) {
        add(Cause.invalid(path, Long.toString(value), detail));
    }

    /// A value that is wrong.
    public void invalid(String path, JsonNode value, String detail) {
        String shown = value.isMissingNode() ? "null" : new String(Json.bytes(value), StandardCharsets.UTF_8);
        add(Cause.invalid(path, shown, detail));
    }

    /// May not be there.
    public void forbidden(String path, String detail) {
        add(Cause.forbidden(path, detail));
    }

    /// Is there twice.
    public void duplicate(String path, String value) {
        add(Cause.duplicate(path, Cause.quote(value)));
    }

    /// A text that is longer than `longest` bytes, if it is.
    public void tooLong(String path, String value, int longest) {
        if (value.getBytes(StandardCharsets.UTF_8).length > longest) {
            add(Cause.tooLong(path, longest));
        }
    }

    /// A list that has more than `most` elements, if it has.
    ///
    /// @return true if so
    public boolean tooMany(String path, int actual, int most) {
        if (actual > most) {
            add(Cause.tooMany(path, actual, most));
        }
        return actual > most;
    }

    /// Must be one of `supported`, also if it is empty.
    public void only(String path, String value, List<String> supported) {
        if (!supported.contains(value)) {
            add(Cause.unsupported(path, Cause.quote(value), supported));
        }
    }

    /// An address in its canonical spelling.
    public void address(String path, String value) {
        IpText.faults(value).forEach(fault -> invalid(path, value, fault));
    }

    /// An address in a field that is older than the rule of one spelling: IPv6 in any of its own.
    public void legacyAddress(String path, String value) {
        legacy(path, value, IpText.faults(value));
    }

    /// A block of addresses in such a field.
    public void legacyBlock(String path, String value) {
        legacy(path, value, IpText.blockFaults(value));
    }

    private void legacy(String path, String value, List<String> faults) {
        faults.stream()
                .filter(fault -> !fault.startsWith("must be in canonical form"))
                .forEach(fault -> invalid(path, value, fault));
    }

    /// A block of addresses in its canonical spelling.
    public void block(String path, String value) {
        IpText.blockFaults(value).forEach(fault -> invalid(path, value, fault));
    }

    /// The name of a storage or device driver.
    public void driverName(String path, String value) {
        if (requiredText(path, value)) {
            tooLong(path, value, MAX_DRIVER);
            NameRule.DNS_SUBDOMAIN.check(value.toLowerCase(Locale.ROOT)).forEach(fault -> invalid(path, value, fault));
        }
    }

    /// Is there twice, as a value that is no text.
    public void duplicateOf(String path, JsonNode value) {
        add(Cause.duplicate(path, value.toString()));
    }

    /// Must be one of `supported`, if it is there.
    public void oneOf(String path, String value, String... supported) {
        if (!value.isEmpty() && !List.of(supported).contains(value)) {
            add(Cause.unsupported(
                    path,
                    Cause.quote(value),
                    List.of(supported).stream().sorted().toList()));
        }
    }

    /// Must be one of `supported`, if it is there; a refusal lists them as they are given here.
    public void anyOf(String path, String value, String... supported) {
        if (!value.isEmpty() && !List.of(supported).contains(value)) {
            unsupported(path, value, supported);
        }
    }

    /// Must be there and one of `supported`; a refusal lists them as they are given here.
    public void requiredAnyOf(String path, String value, String... supported) {
        if (value.isEmpty()) {
            required(path);
        }
        anyOf(path, value, supported);
    }

    /// Is none of `supported`, which are listed as they are given here.
    public void unsupported(String path, String value, String... supported) {
        add(Cause.unsupported(path, Cause.quote(value), List.of(supported)));
    }

    /// Speaks of something that is not there.
    public void notFound(String path, String value, String detail) {
        add(new Cause(
                "FieldValueNotFound",
                path,
                "Not found: " + Cause.quote(value) + (detail.isEmpty() ? "" : ": " + detail)));
    }

    /// A value that is wrong and is not repeated.
    public void invalidUnshown(String path, String detail) {
        add(new Cause("FieldValueInvalid", path, "Invalid value: " + detail));
    }

    /// Must be there and one of `supported`.
    public void requiredOneOf(String path, String value, String... supported) {
        if (value.isEmpty()) {
            required(path);
        }
        oneOf(path, value, supported);
    }

    /// Must be there, as a string that is not empty.
    public boolean requiredText(String path, String value) {
        if (value.isEmpty()) {
            required(path);
            return false;
        }
        return true;
    }

    /// Must look like a name of `rule`.
    public void name(String path, String value, NameRule rule) {
        rule.check(value).forEach(detail -> invalid(path, value, detail));
    }

    /// A DNS name of at least three steps, as webhooks have.
    public void fullName(String path, String value) {
        if (requiredText(path, value) && isSubdomain(path, value) && value.split("\\.").length < 3) {
            invalid(path, value, "should be a domain with at least three segments separated by dots");
        }
    }

    /// A DNS name of at least two steps, with or without a dot at its end.
    public void fullDomainName(String path, String value) {
        if (!requiredText(path, value)) {
            return;
        }
        String name = value.endsWith(".") ? value.substring(0, value.length() - 1) : value;
        if (!isSubdomain(path, name)) {
            return;
        }
        String[] labels = name.split("\\.");
        if (labels.length < 2) {
            invalid(path, name, "should be a domain with at least two segments separated by dots");
            return;
        }
        for (String label : labels) {
            List<String> faults = NameRule.DNS_LABEL.check(label);
            if (!faults.isEmpty()) {
                invalid(path, label, String.join(",", faults));
                return;
            }
        }
    }

    private boolean isSubdomain(String path, String value) {
        List<String> faults = NameRule.DNS_SUBDOMAIN.check(value);
        if (!faults.isEmpty()) {
            invalid(path, value, String.join(",", faults));
        }
        return faults.isEmpty();
    }

    /// A DNS name, or `*.` and one.
    public void hostName(String path, String value) {
        if (!value.contains("*")) {
            name(path, value, NameRule.DNS_SUBDOMAIN);
        } else if (!WILDCARD.matcher(value).matches()) {
            invalid(
                    path,
                    value,
                    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must"
                            + " consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric"
                            + " character (e.g. '*.example.com', regex used for validation is '" + WILDCARD + "')");
        }
    }

    /// `DOMAIN/PATH`, as `example.com/controller`.
    public void domainPrefixedPath(String path, String value) {
        if (!requiredText(path, value)) {
            return;
        }
        int slash = value.indexOf('/');
        String host = slash < 0 ? value : value.substring(0, slash);
        String rest = slash < 0 ? "" : value.substring(slash + 1);
        if (host.isEmpty() || rest.isEmpty()) {
            invalid(path, value, "must be a domain-prefixed path (such as \"acme.io/foo\")");
            return;
        }
        NameRule.DNS_SUBDOMAIN.check(host).forEach(fault -> invalid(path, host, fault));
        if (!URL_PATH.matcher(rest).matches()) {
            invalid(path, rest, "Invalid path (regex used for validation is '" + URL_PATH + "')");
        }
    }

    /// `DOMAIN/NAME`, as `example.com/colour`.
    public void domainPrefixedKey(String path, String key) {
        if (!requiredText(path, key)) {
            return;
        }
        List<String> faults = Selectors.keyFaults(key);
        faults.forEach(fault -> invalid(path, key, fault));
        if (faults.isEmpty() && !key.contains("/")) {
            invalid(path, key, "must be a domain-prefixed key (such as \"acme.io/foo\")");
        }
    }

    /// What pods tell those who sign their certificates: keys with a domain, and not too much in all.
    public void userAnnotations(String path, Map<String, String> annotations) {
        long size = 0;
        for (var entry : annotations.entrySet()) {
            domainPrefixedKey(path, entry.getKey().toLowerCase(Locale.ROOT));
            size += entry.getKey().getBytes(StandardCharsets.UTF_8).length;
            size += entry.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (size > MAX_ANNOTATIONS) {
            add(Cause.tooLong(path, MAX_ANNOTATIONS));
        }
    }

    /// Must be there and look like a name of `rule`.
    public void requiredName(String path, String value, NameRule rule) {
        if (requiredText(path, value)) {
            name(path, value, rule);
        }
    }

    /// A number that, if it is there, may not be negative.
    public void nonNegative(String path, JsonNode value) {
        if (value.isNumber() && value.asLong() < 0) {
            invalid(path, value.asLong(), "must be greater than or equal to 0");
        }
    }

    /// A number that, if it is there, must be positive.
    public void positive(String path, JsonNode value) {
        if (value.isNumber() && value.asLong() <= 0) {
            invalid(path, value.asLong(), "must be greater than 0");
        }
    }

    /// A TCP or UDP port.
    public void port(String path, long value) {
        if (value < 1 || value > 65535) {
            invalid(path, value, "must be between 1 and 65535, inclusive");
        }
    }

    /// A port's name: at most 15 characters, as IANA's services.
    public void portName(String path, String value) {
        if (value.length() > 15) {
            invalid(path, value, "must be no more than 15 bytes");
        }
        if (!PORT_NAME.matcher(value).matches()) {
            invalid(path, value, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (value.chars().noneMatch(letter -> letter >= 'a' && letter <= 'z')) {
            invalid(path, value, "must contain at least one letter (a-z)");
        }
        if (value.contains("--")) {
            invalid(path, value, "must not contain consecutive hyphens");
        }
        if (value.startsWith("-") || value.endsWith("-")) {
            invalid(path, value, "must not begin or end with a hyphen");
        }
    }

    /// A port by number or by name.
    public void portNumberOrName(String path, JsonNode value) {
        if (value.isString()) {
            portName(path, value.asString());
        } else {
            port(path, value.asLong(0));
        }
    }

    /// Every name only once.
    public void unique(String path, String value, Set<String> seen) {
        if (!value.isEmpty() && !seen.add(value)) {
            duplicate(path, value);
        }
    }

    /// An object of the type `type` that may not change.
    public void unchangedOf(String type, String path, JsonNode now, JsonNode before, String... field) {
        if (!Trees.same(now, before, field)) {
            invalid(path, InnerTypes.of(type, Trees.at(now, field)), IMMUTABLE);
        }
    }

    /// A field that may not change.
    public void unchanged(String path, JsonNode now, JsonNode before, String... field) {
        if (!Trees.same(now, before, field)) {
            invalid(path, Trees.at(now, field), IMMUTABLE);
        }
    }
}
