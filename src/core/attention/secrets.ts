/** Bytes of what holds a key or a password; other files of such names are something else. */
const LARGEST = 1024 * 1024;

/** Names of files that hold keys or passwords, whatever directory they are in. */
const NAMES =
  /^(?:id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|\.(?:npmrc|pypirc|netrc|git-credentials|pgpass|my\.cnf|dockercfg|s3cfg|boto)|_netrc|terraform\.tfstate(?:\.backup)?|ssh_host_[a-z0-9]+_key|(?:service[-_]account|client[-_]secrets?)[\w.-]*\.json|secrets?\.(?:ya?ml|json|env|toml)|\.env(?!\.(?:example|sample|template|dist|defaults?)$)(?:\.[\w-]+)?)$/;

/** The end of such names: private keys and stores of keys. */
const ENDINGS =
  /(?:\.(?:p12|pfx|jks|keystore|ppk|kdbx)|(?<!pub|public|gpg|cert)\.key|(?:key|priv(?:ate)?)[\w.-]*\.pem)$/i;

/** The same by the directory. */
const PLACES =
  /(?:^|\/)(?:\.docker\/config\.json|\.aws\/credentials|\.kube\/config|\.config\/gcloud\/(?:application_default_credentials\.json|credentials\.db)|\.azure\/(?:accessTokens|msal_token_cache)\.json)$/;

/** Public keys, examples and what programs are tested with. */
const HARMLESS =
  /(?:^|\/)(?:usr\/share\/(?:doc|keyrings|man|i18n|ca-certificates)|etc\/(?:apt|pki\/rpm-gpg|ssl\/certs)|tests?|testdata|fixtures?|__tests__|examples?|samples?)\/|\.pub$|(?:public|pub)[-_.]?key/i;

/** Tells by its name and size whether a file holds a key or a password; what is in it is never looked at. */
export function isSecret(path: string, size: number): boolean {
  if (size === 0 || size > LARGEST || HARMLESS.test(path)) return false;
  return NAMES.test(path.slice(path.lastIndexOf('/') + 1)) || ENDINGS.test(path) || PLACES.test(path);
}
