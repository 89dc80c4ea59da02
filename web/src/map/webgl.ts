/** The map by WebGL2: points are added up on a float target, then shown as a color over the page. */
import type { Camera } from "@/lib/view";
import { scaleOf } from "./camera";
import { SIDE } from "./geometry";
import { inkOf, SAMPLE, type Layers } from "./layers";
import type { Palette } from "./palette";

const ADD_VERTEX = `#version 300 es
in vec2 xy; in float code;
uniform vec2 scale; uniform vec2 shift; uniform float size; uniform int base; uniform bool coded;
uniform sampler2D palette;
flat out vec3 color;
void main() {
  gl_Position = vec4(xy * scale + shift, 0.0, 1.0);
  gl_PointSize = size;
  color = texelFetch(palette, ivec2(base + (coded ? int(code) : 0), 0), 0).rgb;
}`;
const ADD_FRAGMENT = `#version 300 es
precision highp float;
flat in vec3 color; out vec4 sum;
uniform float size; uniform float weight;
void main() {
  float w = weight;
  if (size > 1.25) {
    float d = length(gl_PointCoord - 0.5) * size;
    w *= clamp(size * 0.5 + 0.25 - d, 0.0, 1.0);
    if (w <= 0.0) discard;
  }
  sum = vec4(color * w, w);
}`;
const SHOW_VERTEX = `#version 300 es
void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0); }`;
const SHOW_FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D sums; uniform float exposure; out vec4 shown;
void main() {
  vec4 s = texelFetch(sums, ivec2(gl_FragCoord.xy), 0);
  if (s.a <= 0.0) discard;
  float alpha = 1.0 - exp(-exposure * s.a);
  shown = vec4(s.rgb / s.a * alpha, alpha);
}`;

/** Browsers that draw in software do not always admit it when asked for a fast context. */
function inSoftware(gl: WebGL2RenderingContext): boolean {
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  return told !== null && /swiftshader|llvmpipe|softpipe|software|basic render/i.test(String(gl.getParameter(told.UNMASKED_RENDERER_WEBGL)));
}

/** Without float targets, a byte holds so many points before it is full. */
const BYTE_WEIGHT = 1 / 24;

export class WebGLPainter {
  private readonly gl: WebGL2RenderingContext;
  private readonly add: WebGLProgram;
  private readonly show: WebGLProgram;
  private readonly target: WebGLFramebuffer;
  private readonly sums: WebGLTexture;
  private readonly palette: WebGLTexture;
  private readonly places: WebGLBuffer;
  private readonly codes: WebGLBuffer;
  private readonly lit: WebGLBuffer;
  private readonly grey: WebGLBuffer;
  private readonly unit: number;
  private readonly format: readonly [number, number];
  private counts = { lit: 0, grey: 0 };
  private coded = false;
  private width = 0;
  private height = 0;

  /** Throws where WebGL2 is missing. */
  /** `fast`: refuse a WebGL2 that is drawn in software, for which the raster is several times faster. */
  constructor(canvas: HTMLCanvasElement, fast: boolean) {
    const gl = canvas.getContext("webgl2", { failIfMajorPerformanceCaveat: fast, alpha: true, antialias: false, depth: false, premultipliedAlpha: true, preserveDrawingBuffer: true });
    if (!gl) throw new Error("WebGL2 is missing.");
    if (fast && inSoftware(gl)) {
      gl.getExtension("WEBGL_lose_context")?.loseContext();
      throw new Error("WebGL2 is drawn in software.");
    }
    this.gl = gl;
    const float = gl.getExtension("EXT_color_buffer_float") !== null || gl.getExtension("EXT_color_buffer_half_float") !== null;
    this.unit = float ? 1 : BYTE_WEIGHT;
    this.format = float ? [gl.RGBA16F, gl.HALF_FLOAT] : [gl.RGBA8, gl.UNSIGNED_BYTE];
    this.add = link(gl, ADD_VERTEX, ADD_FRAGMENT);
    this.show = link(gl, SHOW_VERTEX, SHOW_FRAGMENT);
    this.places = gl.createBuffer();
    this.codes = gl.createBuffer();
    this.lit = gl.createBuffer();
    this.grey = gl.createBuffer();
    this.sums = texture(gl);
    this.palette = texture(gl);
    this.target = gl.createFramebuffer();
  }

  setPlaces(xy: Uint16Array): void {
    this.fill(this.places, this.gl.ARRAY_BUFFER, xy);
  }

  setLayers(layers: Layers): void {
    this.counts = { lit: layers.lit.length, grey: layers.grey.length };
    this.fill(this.lit, this.gl.ELEMENT_ARRAY_BUFFER, layers.lit);
    this.fill(this.grey, this.gl.ELEMENT_ARRAY_BUFFER, layers.grey);
  }

  setCodes(codes: Uint8Array | null): void {
    this.coded = codes !== null;
    if (codes) this.fill(this.codes, this.gl.ARRAY_BUFFER, codes);
  }

  setPalette(palette: Palette, context: readonly [number, number, number]): void {
    const { gl } = this;
    // The second half is the one color of what lies outside.
    const pixels = new Uint8Array(2 * 256 * 4).fill(255);
    for (let code = 0; code < 256; code++) {
      pixels.set(palette.subarray(3 * code, 3 * code + 3), 4 * code);
      pixels.set(context, 4 * (256 + code));
    }
    gl.bindTexture(gl.TEXTURE_2D, this.palette);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 512, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  }

  resize(width: number, height: number): void {
    const { gl } = this;
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    gl.bindTexture(gl.TEXTURE_2D, this.sums);
    gl.texImage2D(gl.TEXTURE_2D, 0, this.format[0], width, height, 0, gl.RGBA, this.format[1], null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.sums, 0);
    if (gl.checkFramebufferStatus(gl.FRAMEBUFFER) !== gl.FRAMEBUFFER_COMPLETE) throw new Error("WebGL2 cannot draw to this target.");
  }

  draw(camera: Camera, dpr: number, quick: boolean): void {
    const { gl, width, height } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.layer(this.grey, this.counts.grey, camera, dpr, quick, true);
    this.layer(this.lit, this.counts.lit, camera, dpr, quick, false);
  }

  /** Wait until what was asked for is drawn; to measure, and before deciding what is affordable. */
  finish(): void {
    this.gl.readPixels(0, 0, 1, 1, this.gl.RGBA, this.gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  dispose(): void {
    const { gl } = this;
    for (const buffer of [this.places, this.codes, this.lit, this.grey]) gl.deleteBuffer(buffer);
    for (const each of [this.sums, this.palette]) gl.deleteTexture(each);
    gl.deleteFramebuffer(this.target);
    gl.deleteProgram(this.add);
    gl.deleteProgram(this.show);
  }

  private layer(rows: WebGLBuffer, total: number, camera: Camera, dpr: number, quick: boolean, grey: boolean): void {
    if (total === 0) return;
    const { gl, width, height } = this;
    const scale = scaleOf(camera, { width: width / dpr, height: height / dpr });
    const ink = inkOf(total, scale, dpr);
    const shown = quick ? Math.min(total, SAMPLE) : total;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    gl.useProgram(this.add);
    const at = (name: string) => gl.getUniformLocation(this.add, name);
    const kx = (2 * scale * dpr) / width;
    const ky = (2 * scale * dpr) / height;
    gl.uniform2f(at("scale"), kx / SIDE, ky / SIDE);
    gl.uniform2f(at("shift"), -camera.x * kx, -camera.y * ky);
    gl.uniform1f(at("size"), ink.size);
    gl.uniform1f(at("weight"), this.unit);
    gl.uniform1i(at("coded"), !grey && this.coded ? 1 : 0);
    gl.uniform1i(at("base"), grey ? 256 : 0);
    this.bindTexture("palette", this.add, this.palette);
    this.attribute("xy", this.places, 2, gl.UNSIGNED_SHORT);
    if (!grey && this.coded) this.attribute("code", this.codes, 1, gl.UNSIGNED_BYTE);
    else gl.disableVertexAttribArray(Math.max(0, gl.getAttribLocation(this.add, "code")));
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, rows);
    gl.drawElements(gl.POINTS, shown, gl.UNSIGNED_INT, 0);

    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.useProgram(this.show);
    gl.uniform1f(gl.getUniformLocation(this.show, "exposure"), (ink.exposure * total) / shown / this.unit);
    this.bindTexture("sums", this.show, this.sums);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  private bindTexture(name: string, program: WebGLProgram, texture: WebGLTexture): void {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.uniform1i(gl.getUniformLocation(program, name), 0);
  }

  private attribute(name: string, buffer: WebGLBuffer, size: number, type: number): void {
    const { gl } = this;
    const place = gl.getAttribLocation(this.add, name);
    if (place < 0) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, type, false, 0, 0);
  }

  private fill(buffer: WebGLBuffer, kind: number, data: ArrayBufferView): void {
    this.gl.bindBuffer(kind, buffer);
    this.gl.bufferData(kind, data as ArrayBufferView<ArrayBuffer>, this.gl.DYNAMIC_DRAW);
  }
}

function texture(gl: WebGL2RenderingContext): WebGLTexture {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, side, gl.NEAREST);
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
  return made;
}

function link(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error("WebGL2 has lost its context.");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`WebGL2 does not take the shader: ${gl.getProgramInfoLog(program) ?? ""}`);
  return program;
}
