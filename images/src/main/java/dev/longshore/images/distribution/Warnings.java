package dev.longshore.images.distribution;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a registry warns its clients of (distribution-spec, warnings): `299 - "text"`, each text once, and not
/// more of them than a person would read. Thread-safe.
final class Warnings {

    private static final Logger log = LoggerFactory.getLogger(Warnings.class);
    private static final Pattern WARNING = Pattern.compile("299 - \"((?:[^\"\\\\]|\\\\.)*)\".*", Pattern.DOTALL);
    private static final int MOST = 20;
    private static final int LONGEST = 4096;

    private final String registry;
    private final Set<String> texts = new LinkedHashSet<>();

    Warnings(String registry) {
        this.registry = registry;
    }

    void read(List<String> headers) {
        for (String header : headers) {
            Matcher warning = WARNING.matcher(header);
            if (header.length() <= LONGEST && warning.matches()) {
                add(warning.group(1).replaceAll("\\\\(.)", "$1").replaceAll("\\p{Cntrl}", " "));
            }
        }
    }

    synchronized List<String> texts() {
        return List.copyOf(new ArrayList<>(texts));
    }

    private synchronized void add(String text) {
        if (texts.size() < MOST && texts.add(text)) {
            log.warn("{} warns: {}", registry, text);
        }
    }
}
