import { BlockList, isIP } from 'node:net';

/** The code of the error for a name that leads into a private network. */
export const PRIVATE_NETWORK = 'ERR_PRIVATE_NETWORK';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 sibling: what is not of the open net. */
const PRIVATE = new BlockList();
const PRIVATE_NETS: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
];
for (const [net, prefix] of PRIVATE_NETS) {
  PRIVATE.addSubnet(net, prefix);
  // What a network without IPv4 reaches it by: https://www.rfc-editor.org/rfc/rfc6052#section-2.1
  PRIVATE.addSubnet(`64:ff9b::${net}`, 96 + prefix, 'ipv6');
}
// The same in forms that were given up or are a translator's own: https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5
PRIVATE.addSubnet('::', 96, 'ipv6');
PRIVATE.addSubnet('::ffff:0:0:0', 96, 'ipv6');
// Translated and tunnelled in ways of a network's own: https://www.rfc-editor.org/rfc/rfc8215, rfc3056, rfc4380.
PRIVATE.addSubnet('64:ff9b:1::', 48, 'ipv6');
PRIVATE.addSubnet('2002::', 16, 'ipv6');
PRIVATE.addSubnet('2001::', 32, 'ipv6');
PRIVATE.addAddress('::', 'ipv6');
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');
PRIVATE.addSubnet('fec0::', 10, 'ipv6');
PRIVATE.addSubnet('ff00::', 8, 'ipv6');

/** Where clouds give credentials to whatever runs on a machine of theirs: no registry is there. */
const LINK_LOCAL = new BlockList();
/** Refuses addresses in each form that leads to them. */
function refuseInAllForms(net: string, prefix: number): void {
  LINK_LOCAL.addSubnet(net, prefix);
  for (const form of ['::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::']) {
    LINK_LOCAL.addSubnet(`${form}${net}`, 96 + prefix, 'ipv6');
  }
  const [a = 0, b = 0, c = 0, d = 0] = net.split('.').map(Number);
  const [high, low] = [a * 256 + b, c * 256 + d].map((half) => half.toString(16));
  LINK_LOCAL.addSubnet(`2002:${high}:${low}::`, 16 + prefix, 'ipv6');
}
refuseInAllForms('169.254.0.0', 16);
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6');
// Beyond the link, for the same: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html,
// https://cloud.google.com/compute/docs/metadata/overview, https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16,
// https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata, https://docs.oracle.com/iaas/Content/Compute/Tasks/gettingmetadata.htm
for (const address of ['168.63.129.16', '100.100.100.200', '192.0.0.192']) {
  refuseInAllForms(address, 32);
  PRIVATE.addAddress(address);
}
for (const address of ['fd00:ec2::254', 'fd20:ce::254']) LINK_LOCAL.addAddress(address, 'ipv6');

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** Tells whether a host name or address (as in a URL) is this machine. */
export function isLoopbackHost(hostname: string): boolean {
  const host = bare(hostname).toLowerCase();
  return host === 'localhost' || host.endsWith('.localhost') || isIn(LOOPBACK, host);
}

/** Tells whether a text is an IP address that belongs to no one on the open net: private, link-local, loopback. */
export function isPrivateAddress(address: string): boolean {
  return isIn(PRIVATE, bare(address));
}

/** Tells whether a text is an IP address that is of the local link alone, or a cloud's own for its machines. */
export function isLinkLocal(address: string): boolean {
  return isIn(LINK_LOCAL, bare(address));
}

function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}
