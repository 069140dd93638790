package dev.longshore.builder.attest;

import dev.longshore.base.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Licences as packages tell them, as SPDX wants them: an expression stays, any other text becomes a `LicenseRef`
/// that the document explains. Whether an identifier is on SPDX's list is not looked up.
final class Licenses {

    static final String UNKNOWN = "NOASSERTION";

    private static final int REFERENCE_LENGTH = 16;
    private static final String IDENTIFIER = "\\(*[A-Za-z0-9][A-Za-z0-9.-]*\\+?\\)*";
    private static final Pattern EXPRESSION = Pattern.compile(IDENTIFIER + "(?: (?:AND|OR|WITH) " + IDENTIFIER + ")*+");

    private final Map<String, String> texts = new TreeMap<>();

    /// What `text` means; remembers it if it needs explaining.
    String expression(String text) {
        if (text.isEmpty() || text.equals("UNKNOWN")) {
            return UNKNOWN;
        }
        if (EXPRESSION.matcher(text).matches()) {
            return text;
        }
        String reference = "LicenseRef-"
                + Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex().substring(0, REFERENCE_LENGTH);
        texts.put(reference, text);
        return reference;
    }

    /// Explains everything that needs it.
    void explain(ObjectNode document) {
        if (!texts.isEmpty()) {
            ArrayNode infos = document.putArray("hasExtractedLicensingInfos");
            texts.forEach((reference, text) -> infos.addObject()
                    .put("licenseId", reference)
                    .put("extractedText", text)
                    .put("name", text));
        }
    }
}
