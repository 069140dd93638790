package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// What the sources of volumes must be like that some driver mounts. Pods' volumes and persistent volumes share
/// them; where a persistent volume must say more, that is [#persistent].
public final class DriverChecks {

    /// What is said of an iSCSI portal whose name leaves no room.
    public static final String LONG_PORTAL = "Total length of <volume name>:<iscsi.targetPortal> must be under 64"
            + " characters if iscsi.initiatorName is specified.";

    private static final int MAX_PARTITION = 255;
    private static final int MAX_TENANT = 64;
    private static final Pattern IQN = Pattern.compile("iqn\\.\\d{4}-\\d{2}\\.([\\p{Alnum}.-]+)(:[^,;*&$|\\s]+)$");
    private static final Pattern EUI = Pattern.compile("^eui.\\p{Alnum}{16}$");
    private static final Pattern NAA = Pattern.compile("^naa.\\p{Alnum}{32}$");

    private DriverChecks() {}

    /// Checks `source` if `type` is one of a driver; false if it is not.
    public static boolean check(Checks checks, String path, String type, ObjectNode source) {
        String at = path + "." + type;
        switch (type) {
            // The path of this one differs in the original too.
            case "gcePersistentDisk" -> disk(checks, path + ".persistentDisk", "pdName", source);
            case "awsElasticBlockStore" -> disk(checks, at, "volumeID", source);
            case "nfs" -> nfs(checks, at, source);
            case "iscsi" -> iscsi(checks, at, source);
            case "glusterfs" -> required(checks, at, source, "endpoints", "path");
            case "flocker" -> flocker(checks, at, source);
            case "rbd" -> {
                requiredList(checks, at, source, "monitors");
                required(checks, at, source, "image");
            }
            case "cephfs" -> requiredList(checks, at, source, "monitors");
            case "cinder" -> {
                required(checks, at, source, "volumeID");
                secret(checks, at, source);
            }
            case "quobyte" -> quobyte(checks, at, source);
            case "fc" -> fibreChannel(checks, at, source);
            case "flexVolume" -> flex(checks, at, source);
            case "azureFile" -> required(checks, at, source, "secretName", "shareName");
            case "vsphereVolume" -> required(checks, at, source, "volumePath");
            case "photonPersistentDisk" -> required(checks, at, source, "pdID");
            case "portworxVolume" -> required(checks, at, source, "volumeID");
            case "azureDisk" -> azureDisk(checks, at, source);
            case "storageos" -> {
                storageOs(checks, at, source);
                secret(checks, at, source);
            }
            case "scaleIO" -> required(checks, at, source, "gateway", "system", "volumeName");
            default -> {
                return false;
            }
        }
        return true;
    }

    static void required(Checks checks, String at, ObjectNode source, String... fields) {
        for (String field : fields) {
            checks.requiredText(at + "." + field, Trees.text(source, field));
        }
    }

    private static void requiredList(Checks checks, String at, ObjectNode source, String field) {
        if (source.path(field).isEmpty()) {
            checks.required(at + "." + field);
        }
    }

    private static void secret(Checks checks, String at, ObjectNode source) {
        if (Trees.has(source, "secretRef")) {
            checks.requiredText(at + ".secretRef.name", Trees.text(source, "secretRef", "name"));
        }
    }

    private static void disk(Checks checks, String at, String field, ObjectNode source) {
        required(checks, at, source, field);
        long partition = Trees.number(source, 0, "partition");
        if (partition < 0 || partition > MAX_PARTITION) {
            checks.invalid(at + ".partition", partition, "must be between 1 and 255, inclusive");
        }
    }

    private static void nfs(Checks checks, String at, ObjectNode source) {
        required(checks, at, source, "server", "path");
        if (!Trees.text(source, "path").startsWith("/")) {
            checks.invalid(at + ".path", Trees.text(source, "path"), "must be an absolute path");
        }
    }

    private static void iscsi(Checks checks, String at, ObjectNode source) {
        required(checks, at, source, "targetPortal");
        String name = Trees.text(source, "iqn");
        if (checks.requiredText(at + ".iqn", name)) {
            initiator(checks, at + ".iqn", name);
        }
        long unit = Trees.number(source, 0, "lun");
        if (unit < 0 || unit > MAX_PARTITION) {
            checks.invalid(at + ".lun", unit, "must be between 0 and 255, inclusive");
        }
        boolean isSecret = Trees.flag(source, "chapAuthDiscovery") || Trees.flag(source, "chapAuthSession");
        if (isSecret && !Trees.has(source, "secretRef")) {
            checks.required(at + ".secretRef");
        }
        if (Trees.has(source, "initiatorName")) {
            initiator(checks, at + ".initiatorname", Trees.text(source, "initiatorName"));
        }
    }

    private static void initiator(Checks checks, String at, String name) {
        boolean isIqn = name.startsWith("iqn");
        boolean isEui = name.startsWith("eui");
        boolean isNaa = name.startsWith("naa");
        if (!isIqn && !isEui && !isNaa) {
            checks.invalid(at, name, "must be valid format starting with iqn, eui, or naa");
        } else if (!(isIqn ? IQN : isEui ? EUI : NAA).matcher(name).find()) {
            checks.invalid(at, name, "must be valid format");
        }
    }

    private static void flocker(Checks checks, String at, ObjectNode source) {
        String name = Trees.text(source, "datasetName");
        String uuid = Trees.text(source, "datasetUUID");
        if (name.isEmpty() && uuid.isEmpty()) {
            checks.required(at, "one of datasetName and datasetUUID is required");
        } else if (!name.isEmpty() && !uuid.isEmpty()) {
            checks.invalid(at, "resource", "datasetName and datasetUUID can not be specified simultaneously");
        }
        if (name.contains("/")) {
            checks.invalid(at + ".datasetName", name, "must not contain '/'");
        }
    }

    private static void quobyte(Checks checks, String at, ObjectNode source) {
        String detail = "must be a host:port pair or multiple pairs separated by commas";
        String registry = Trees.text(source, "registry");
        if (registry.isEmpty()) {
            checks.required(at + ".registry", detail);
        } else if (Trees.text(source, "tenant").length() > MAX_TENANT) {
            checks.required(at + ".tenant", "must be a UUID and may not exceed a length of 64 characters");
        } else {
            for (String pair : registry.split(",", -1)) {
                if (!pair.matches("[^:\\[\\]]*:[^:]*|\\[[^\\]]*\\]:[^:]*")) {
                    checks.invalid(at + ".registry", registry, detail);
                }
            }
        }
        required(checks, at, source, "volume");
    }

    private static void fibreChannel(Checks checks, String at, ObjectNode source) {
        boolean hasNames = !source.path("targetWWNs").isEmpty();
        boolean hasIds = !source.path("wwids").isEmpty();
        if (!hasNames && !hasIds) {
            checks.required(at + ".targetWWNs", "must specify either targetWWNs or wwids, but not both");
        } else if (hasNames && hasIds) {
            checks.invalid(
                    at + ".targetWWNs",
                    source.path("targetWWNs"),
                    "targetWWNs and wwids can not be specified simultaneously");
        }
        if (hasNames) {
            long unit = Trees.number(source, 0, "lun");
            if (!source.path("lun").isNumber()) {
                checks.required(at + ".lun", "lun is required if targetWWNs is specified");
            } else if (unit < 0 || unit > MAX_PARTITION) {
                checks.invalid(at + ".lun", unit, "must be between 0 and 255, inclusive");
            }
        }
    }

    private static void flex(Checks checks, String at, ObjectNode source) {
        required(checks, at, source, "driver");
        source.path("options").propertyNames().forEach(key -> {
            String owner = "." + key.replaceFirst("/.*", "").toLowerCase(Locale.ROOT);
            if (owner.endsWith(".kubernetes.io") || owner.endsWith(".k8s.io")) {
                checks.invalid(at + ".options[" + key + "]", key, "kubernetes.io and k8s.io namespaces are reserved");
            }
        });
    }

    private static void azureDisk(Checks checks, String at, ObjectNode source) {
        required(checks, at, source, "diskName", "diskURI");
        checks.anyOf(at + ".cachingMode", Trees.text(source, "cachingMode"), "None", "ReadOnly", "ReadWrite");
        String kind = Trees.text(source, "kind");
        checks.anyOf(at + ".kind", kind, "Dedicated", "Managed", "Shared");
        String uri = Trees.text(source, "diskURI");
        boolean isManaged = kind.equals("Managed");
        if (isManaged && !uri.startsWith("/subscriptions/")) {
            checks.unsupported(
                    at + ".diskURI",
                    uri,
                    "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}");
        } else if (!isManaged && !kind.isEmpty() && !uri.startsWith("https://")) {
            checks.unsupported(
                    at + ".diskURI",
                    uri,
                    "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd");
        }
    }

    private static void storageOs(Checks checks, String at, ObjectNode source) {
        checks.requiredName(at + ".volumeName", Trees.text(source, "volumeName"), NameRule.DNS_LABEL);
        String namespace = Trees.text(source, "volumeNamespace");
        if (!namespace.isEmpty()) {
            checks.name(at + ".volumeNamespace", namespace, NameRule.DNS_LABEL);
        }
    }

    /// Checks the name of a CSI driver.
    public static void csiName(Checks checks, String at, String name) {
        checks.driverName(at, name);
    }

    /// What persistent volumes must say beside what pods' volumes say.
    public static void persistent(Checks checks, String at, String type, ObjectNode source) {
        switch (type) {
            case "cinder", "storageos" -> {
                if (Trees.has(source, "secretRef")) {
                    checks.requiredText(at + ".secretRef.namespace", Trees.text(source, "secretRef", "namespace"));
                }
            }
            case "azureFile" -> {
                if (Trees.has(source, "secretNamespace")) {
                    checks.requiredText(at + ".secretNamespace", Trees.text(source, "secretNamespace"));
                }
            }
            case "iscsi" -> secret(checks, at, source);
            case "glusterfs" -> {
                String namespace = Trees.text(source, "endpointsNamespace");
                if (Trees.has(source, "endpointsNamespace") && namespace.isEmpty()) {
                    checks.invalid(
                            at + ".endpointsNamespace",
                            namespace,
                            "if the endpointnamespace is set, it must be a valid namespace name");
                } else if (!namespace.isEmpty()) {
                    checks.name(at + ".endpointsNamespace", namespace, NameRule.DNS_LABEL);
                }
            }
            case "csi" -> {
                csiName(checks, at + ".driver", Trees.text(source, "driver"));
                required(checks, at, source, "volumeHandle");
                for (String field : List.of(
                        "controllerPublishSecretRef",
                        "controllerExpandSecretRef",
                        "nodePublishSecretRef",
                        "nodeExpandSecretRef")) {
                    if (source.get(field) instanceof ObjectNode secret) {
                        csiSecret(checks, at + "." + field, secret);
                    }
                }
            }
            default -> {
                // Of the others nothing more is asked.
            }
        }
    }

    private static void csiSecret(Checks checks, String at, ObjectNode secret) {
        checks.requiredName(at + ".name", Trees.text(secret, "name"), NameRule.DNS_SUBDOMAIN);
        checks.requiredName(at + ".namespace", Trees.text(secret, "namespace"), NameRule.DNS_LABEL);
    }
}
