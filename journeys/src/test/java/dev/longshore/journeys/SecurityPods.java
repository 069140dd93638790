package dev.longshore.journeys;

/// The pods of [SecurityJourneyTest].
final class SecurityPods {

    static final String MANIFESTS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: rights, namespace: security}
            spec:
              restartPolicy: Never
              securityContext:
                runAsUser: 1001
                runAsGroup: 2002
                supplementalGroups: [4004]
                sysctls: [{name: kernel.shm_rmid_forced, value: "1"}]
              containers:
            """
            + container("nobody", "runAsUser: 65534", "echo $(id -u) $(id -g) $(id -G)")
            + container("own", "runAsUser: 1003, runAsGroup: 3003", "echo $(id -u) $(id -g) $(id -G)")
            + container("pods", "", "echo $(id -u) $(id -g) $(id -G)")
            + container(
                    "plain",
                    "runAsUser: 0, privileged: false",
                    "mount -t tmpfs none /tmp 2>&1; mount -o remount,rw /proc/sys 2>&1; "
                            + status("Seccomp", "NoNewPrivs"))
            + container(
                    "dropped",
                    "runAsUser: 0, allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}",
                    status("CapEff", "NoNewPrivs"))
            + container(
                    "privileged",
                    "runAsUser: 0, privileged: true",
                    "mount -t tmpfs none /tmp && [ -e /dev/kmsg ] && echo renamed; " + status("Seccomp"))
            + container(
                    "writable",
                    "runAsUser: 0, readOnlyRootFilesystem: false",
                    "echo written > /checkfile && cat /checkfile")
            + container("readonly", "runAsUser: 0, readOnlyRootFilesystem: true", "echo written > /checkfile; true")
            + container(
                    "local",
                    "runAsUser: 0, seccompProfile: {type: Localhost, localhostProfile: own/no-mkdir.json}",
                    "mkdir /new; " + status("Seccomp"))
            + container("unconfined", "seccompProfile: {type: Unconfined}", status("Seccomp"))
            + container("sysctl", "", "cat /proc/sys/kernel/shm_rmid_forced")
            + container(
                    "credentials",
                    "runAsUser: 0",
                    "found=$(find / -xdev -name '*kubeconfig*' -o -xdev -name '*.sock' -o -xdev -name '*.key'"
                            + " -o -xdev -name 'admin.*' 2>/dev/null); ls /proc/1/root/run/longshore* /var/lib/kubelet"
                            + " 2>/dev/null && found=host; echo ${found:-nothing}")
            + """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: users, namespace: security}
            spec:
              hostUsers: false
              restartPolicy: Never
              securityContext: {runAsUser: 1000, fsGroup: 5005}
              volumes:
              - {name: dir, emptyDir: {}}
              - {name: config, configMap: {name: kube-root-ca.crt}}
              - {name: token, projected: {sources: [{serviceAccountToken: {path: token}}]}}
              - {name: secret, secret: {secretName: word}}
              containers:
            """
            + container("map", "", "cat /proc/self/uid_map")
            + container("unmasked", "procMount: Unmasked", "grep -q ' /proc/kcore' /proc/mounts || echo seen")
            + """
              - name: volumes
                image: longshore.local/busybox
                command:
                - sh
                - -c
                - |
                  for at in /dir /config/ca.crt /secret/word /token/token; do stat -L -c %u:%g $at; done
                  echo written > /dir/word && cat /dir/word
                volumeMounts:
                - {name: dir, mountPath: /dir}
                - {name: config, mountPath: /config}
                - {name: secret, mountPath: /secret}
                - {name: token, mountPath: /token}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: word, namespace: security}
            stringData: {word: hush}
            ---
            """
            + sysctl("sysctl", "net.core.somaxconn")
            + pod("apparmor", "securityContext: {appArmorProfile: {type: RuntimeDefault}}")
            + pod("nonroot", "securityContext: {runAsNonRoot: true}");

    private SecurityPods() {}

    static String sysctl(String name, String sysctl) {
        return pod(name, "securityContext: {sysctls: [{name: %s, value: \"1\"}]}".formatted(sysctl));
    }

    private static String pod(String name, String field) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: security}
                spec:
                  %s
                  terminationGracePeriodSeconds: 0
                  containers: [{name: main, image: longshore.local/busybox, command: [sleep, "3600"]}]
                ---
                """.formatted(name, field);
    }

    private static String container(String name, String context, String script) {
        return """
                  - name: %s
                    image: longshore.local/busybox
                    securityContext: {%s}
                    command:
                    - sh
                    - -c
                    - |
                      exec 2>&1
                      %s
                """.formatted(name, context, script);
    }

    private static String status(String... fields) {
        return "grep -E '^(" + String.join("|", fields) + "):' /proc/self/status | tr -d '\\t' | sort -r";
    }
}
