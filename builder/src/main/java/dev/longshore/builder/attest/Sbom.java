package dev.longshore.builder.attest;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The packages of an image as an SPDX 2.3 document: the image contains each of them.
///
/// @param part of the build that is listed, rather than the image: a stage, or the context
/// @param unique part of the document's address; empty for a document that is always the same
record Sbom(Subject subject, Optional<String> part, List<InstalledPackage> packages, Instant created, String unique) {

    private static final String IMAGE = "SPDXRef-Image";
    private static final String PART = "SPDXRef-Part";
    private static final String DOCUMENT = "SPDXRef-DOCUMENT";
    private static final int ID_LENGTH = 16;

    Sbom {
        packages = List.copyOf(packages);
    }

    Claim claim() {
        String file = part.map(name -> "sbom-" + name).orElse("sbom") + ".spdx.json";
        return new Claim(Claim.SPDX, file, false, document());
    }

    private ObjectNode document() {
        ObjectNode document = Json.object()
                .put("spdxVersion", "SPDX-2.3")
                .put("dataLicense", "CC0-1.0")
                .put("SPDXID", DOCUMENT)
                .put("name", part.orElseGet(subject::title))
                .put(
                        "documentNamespace",
                        "https://longshore.local/spdx/" + subject.manifest().hex()
                                + part.map(name -> "-" + name).orElse("")
                                + (unique.isEmpty() ? "" : "-" + unique));
        ObjectNode creation = document.putObject("creationInfo");
        creation.putArray("creators").add("Tool: longshore");
        creation.put("created", created.truncatedTo(ChronoUnit.SECONDS).toString());
        var licenses = new Licenses();
        ArrayNode all = document.putArray("packages");
        ArrayNode relations = Json.array();
        String root = part.isPresent() ? PART : IMAGE;
        if (part.isPresent()) {
            common(all.addObject(), PART, part.get(), "", Licenses.UNKNOWN);
        } else {
            image(all.addObject());
        }
        relate(relations, DOCUMENT, "DESCRIBES", root);
        for (InstalledPackage installed : packages) {
            String id = id(installed);
            describe(all.addObject(), id, installed, licenses);
            relate(relations, root, "CONTAINS", id);
        }
        licenses.explain(document);
        document.set("relationships", relations);
        return document;
    }

    private void image(ObjectNode image) {
        common(image, IMAGE, subject.title(), subject.manifest().toString(), Licenses.UNKNOWN);
        image.put("primaryPackagePurpose", "CONTAINER");
        image.putArray("checksums")
                .addObject()
                .put("algorithm", subject.manifest().algorithm().toUpperCase(java.util.Locale.ROOT))
                .put("checksumValue", subject.manifest().hex());
        if (!subject.names().isEmpty()) {
            ArrayNode references = image.putArray("externalRefs");
            subject.urls().forEach(url -> refer(references, url));
        }
    }

    private static void describe(ObjectNode entry, String id, InstalledPackage installed, Licenses licenses) {
        common(entry, id, installed.name(), installed.version(), licenses.expression(installed.license()));
        entry.put("sourceInfo", "read from " + installed.place());
        refer(entry.putArray("externalRefs"), installed.url());
    }

    private static void common(ObjectNode entry, String id, String name, String version, String license) {
        entry.put("SPDXID", id)
                .put("name", name)
                .put("versionInfo", version)
                .put("supplier", Licenses.UNKNOWN)
                .put("downloadLocation", Licenses.UNKNOWN)
                .put("filesAnalyzed", false)
                .put("licenseConcluded", Licenses.UNKNOWN)
                .put("licenseDeclared", license)
                .put("copyrightText", Licenses.UNKNOWN);
    }

    private static void refer(ArrayNode references, String url) {
        references
                .addObject()
                .put("referenceCategory", "PACKAGE-MANAGER")
                .put("referenceType", "purl")
                .put("referenceLocator", url);
    }

    private static void relate(ArrayNode relations, String from, String how, String to) {
        relations
                .addObject()
                .put("spdxElementId", from)
                .put("relationshipType", how)
                .put("relatedSpdxElement", to);
    }

    /// The same for the same package at the same place, and of letters that SPDX allows.
    private static String id(InstalledPackage installed) {
        String told = installed.url() + "\n" + installed.place();
        return "SPDXRef-Package-" + installed.kind() + "-"
                + installed.name().replaceAll("[^A-Za-z0-9.-]", "-") + "-"
                + Digest.sha256(told.getBytes(StandardCharsets.UTF_8)).hex().substring(0, ID_LENGTH);
    }
}
